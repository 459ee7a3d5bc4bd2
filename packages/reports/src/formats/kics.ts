import { parseCwes } from '../parse-ids.ts';
import { lineAt, textAt } from '../reading/read-field.ts';
import type { Format } from './format.ts';

/** Reports of KICS: `kics scan --report-formats json`; each file of a query is a finding. */
export const kics: Format = {
  id: 'kics',
  name: 'KICS',
  variants: [
    {
      form: 'json',
      recognises: (outline) =>
        outline.has('$.queries', '$.severity_counters') && (outline.has('$.files_scanned') || outline.has('$.kics_version')),
      layout: {
        entries: ['$.queries[].files[]'],
        context: ['query_id', 'query_name', 'query_url', 'severity', 'description', 'platform', 'cwe']
          .map((name) => `$.queries[].${name}`)
          .concat('$.kics_version'),
      },
      read({ value, parents: [root, query] }) {
        return {
          kind: 'misconfiguration',
          rule: { id: textAt(query, 'query_id'), name: textAt(query, 'query_name'), helpUri: textAt(query, 'query_url') },
          title: textAt(query, 'query_name'),
          description: textAt(query, 'description'),
          remedy: textAt(value, 'expected_value'),
          severity: textAt(query, 'severity'),
          severityLabel: textAt(query, 'severity') === 'TRACE' ? 'info' : undefined,
          cwes: parseCwes(textAt(query, 'cwe')),
          location: {
            path: textAt(value, 'file_name'),
            line: lineAt(value, 'line'),
            resource:
              [textAt(value, 'resource_type'), textAt(value, 'resource_name')].filter((text) => text !== undefined).join('.') || undefined,
          },
          ownFingerprint: textAt(value, 'similarity_id'),
          tool: { version: textAt(root, 'kics_version') },
        };
      },
    },
  ],
};
