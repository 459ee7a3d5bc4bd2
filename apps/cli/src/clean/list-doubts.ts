import type { SecretFinding } from '@deployguard/secrets';
import type { SecretGroup } from '../scan/group-secrets.ts';

/** What speaks against a secret being one, or being worth the trouble, in sentences. */
export function listDoubts({ main, findings }: SecretGroup): string[] {
  const isEverywhere = (expression: RegExp): boolean =>
    findings.every(({ location }) => location.path !== undefined && expression.test(location.path));
  return [
    ...precisionDoubts[main.precision],
    ...(isEverywhere(testPath) ? ['It stands only in files of tests, fixtures or examples.'] : []),
    ...(isEverywhere(documentPath) ? ['It stands only in documentation, which often shows made-up values.'] : []),
    ...(findings.every(({ encodings }) => encodings.length > 0)
      ? [`It was read out of other content (${main.encodings.join(' in ')}), where chance matches are likelier.`]
      : []),
  ];
}

const precisionDoubts: Readonly<Record<SecretFinding['precision'], readonly string[]>> = {
  exact: [],
  contextual: ["The value itself has no telling form; only the provider's name beside it speaks for it."],
  generic: ['Any value would match that is given to something that sounds secret; it may be a placeholder.'],
};

const testPath = /(?:^|[/._-])(?:tests?|specs?|fixtures?|mocks?|examples?|samples?|testdata|__tests__)(?:[/._-]|$)/i;
const documentPath = /\.(?:md|mdx|rst|adoc)$|(?:^|\/)docs?\//i;
