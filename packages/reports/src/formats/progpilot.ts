import { parseCwes } from '../parse-ids.ts';
import { lineAt, textAt, textsAt } from '../reading/read-field.ts';
import type { Format } from './format.ts';

/** Reports of Progpilot (https://github.com/designsecurity/progpilot): flows from sources to a sink, and custom rules. It rates nothing. */
export const progpilot: Format = {
  id: 'progpilot',
  name: 'Progpilot',
  variants: [
    {
      form: 'json',
      recognises: (outline) => outline.has('$[].vuln_name', '$[].vuln_cwe', '$[].vuln_id'),
      layout: { entries: ['$[]'] },
      read({ value }) {
        const sources = textsAt(value, 'source_name');
        return {
          kind: 'weakness',
          rule: { id: textAt(value, 'vuln_name'), name: textAt(value, 'vuln_type') },
          title: textAt(value, 'vuln_description') ?? textAt(value, 'vuln_name')?.replaceAll('_', ' '),
          description: sources.length === 0 ? undefined : `From ${sources.join(', ')} to ${textAt(value, 'sink_name') ?? 'a sink'}`,
          // CWE_89.
          cwes: parseCwes(textAt(value, 'vuln_cwe')),
          location: {
            path: textAt(value, 'sink_file') ?? textAt(value, 'vuln_file'),
            line: lineAt(value, 'sink_line') ?? lineAt(value, 'vuln_line'),
          },
          identity: [...sources, textAt(value, 'sink_name')].join(' '),
        };
      },
    },
  ],
};
