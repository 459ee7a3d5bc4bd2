import { parseCwes } from '../parse-ids.ts';
import { lineAt, textAt } from '../reading/read-field.ts';
import type { Draft, Format } from './format.ts';

/** Reports of Horusec: `horusec start -o json` (https://docs.horusec.io). */
export const horusec: Format = {
  id: 'horusec',
  name: 'Horusec',
  variants: [
    {
      form: 'json',
      recognises: (outline) =>
        outline.has('$.analysisVulnerabilities', '$.createdAt') || outline.has('$.analysisVulnerabilities[].vulnerabilities.vulnHash'),
      isToldByEntries: true,
      layout: { entries: ['$.analysisVulnerabilities[]'], context: ['$.createdAt'] },
      read({ value, parents: [root] }) {
        const at = (name: string): string | undefined => textAt(value, 'vulnerabilities', name);
        const [title, ...rest] = at('details')?.split('\n') ?? [];
        const rule = at('rule_id');
        return {
          kind: rule?.startsWith('HS-LEAKS') || at('language') === 'Leaks' ? 'secret' : 'weakness',
          rule: { id: rule ?? title },
          // Version 2.7 and later put the language and a count before the title.
          title: title?.replace(/^\(\d+\/\d+\) \* Possible vulnerability detected: /, ''),
          description: rest.join('\n').trim(),
          severity: at('severity'),
          cwes: parseCwes(at('details')?.match(/CWE-\d+/)?.[0]),
          location: {
            path: at('file'),
            line: lineAt(value, 'vulnerabilities', 'line'),
            column: lineAt(value, 'vulnerabilities', 'column'),
          },
          suppression: suppressions.get(at('type') ?? ''),
          foundAt: textAt(root, 'createdAt'),
          identity: at('vulnHash'),
          tool: { name: at('securityTool') },
        };
      },
    },
  ],
};

const suppressions: ReadonlyMap<string, Draft['suppression']> = new Map([
  ['False Positive', { kind: 'false-positive' }],
  ['Risk Accepted', { kind: 'accepted' }],
  ['Corrected', { kind: 'fixed' }],
]);
