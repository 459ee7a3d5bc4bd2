import type { SecretFinding } from '@deployguard/secrets';
import type { SecretGroup } from '../scan/group-secrets.ts';

/** What speaks against a secret being one, or being worth the trouble, in sentences. */
export function listDoubts({ main, findings }: SecretGroup): string[] {
  const paths = findings.map(({ location }) => location.path).filter((path) => path !== undefined);
  return [
    ...precisionDoubts[main.precision],
    ...(paths.length > 0 && paths.every((path) => testPath.test(path)) ? ['It stands only in files of tests, fixtures or examples.'] : []),
    ...(paths.length > 0 && paths.every((path) => documentPath.test(path))
      ? ['It stands only in documentation, which often shows made-up values.']
      : []),
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
const documentPath = /\.(?:md|mdx|rst|adoc|txt)$|(?:^|\/)docs?\//i;
