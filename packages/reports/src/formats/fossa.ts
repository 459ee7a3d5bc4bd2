import { parseVulnerabilityIds } from '../parse-ids.ts';
import { textAt } from '../reading/read-field.ts';
import type { JsonEntry } from '../reading/json-entry.ts';
import { splitList } from '../split-list.ts';
import type { Draft, Format } from './format.ts';

/** Issues of FOSSA: `fossa test --format json` (https://github.com/fossas/fossa-cli). */
export const fossa: Format = {
  id: 'fossa',
  name: 'FOSSA',
  variants: [
    {
      form: 'json',
      recognises: (outline) =>
        outline.has('$.count', '$.issues', '$.status') &&
        (outline.has('$.issues[].revisionId', '$.issues[].type', '$.issues[].resolved') || outline.has('$.summary.revision.projectTitle')),
      layout: { entries: ['$.issues[]'], context: ['$.summary'] },
      read: readIssue,
    },
  ],
};

/** Types of issues, and what each says of a dependency. */
const types: ReadonlyMap<string, readonly [Draft['kind'], string]> = new Map([
  ['vulnerability', ['vulnerability', 'Vulnerability']],
  ['policy_conflict', ['license', 'License denied by policy']],
  ['policy_flag', ['license', 'License flagged by policy']],
  ['unlicensed_dependency', ['license', 'No license']],
  ['unlicensed_and_public', ['license', 'No license, and public']],
]);

function readIssue({ value, parents: [root] }: JsonEntry): Draft {
  const type = textAt(value, 'type') ?? 'issue';
  const cve = textAt(value, 'cve');
  const license = textAt(value, 'license');
  const project = textAt(root, 'summary', 'revision', 'projectTitle');
  // `npm+lodash$4.17.15`
  const [, ecosystem, name, version] = /^([^+]+)\+([^$]+)(?:\$(.*))?$/.exec(textAt(value, 'revisionId') ?? '') ?? [];
  const [kind, words] = types.get(type) ?? ['weakness', type.replaceAll('_', ' ')];
  return {
    kind,
    rule: { id: cve ?? license ?? type, helpUri: textAt(value, 'issueDashURL') },
    title: [cve ?? [words, license].filter((text) => text !== undefined).join(': '), name]
      .filter((text) => text !== undefined)
      .join(' in '),
    severity: textAt(value, 'priorityString'),
    aliases: parseVulnerabilityIds(cve),
    package: { name, version, ecosystem, fixedVersions: splitList(textAt(value, 'fixedIn')) },
    asset: project === undefined ? undefined : { type: 'repository', name: project },
    suppression: textAt(value, 'resolved') === 'true' ? { kind: 'suppressed' } : undefined,
    identity: type,
  };
}
