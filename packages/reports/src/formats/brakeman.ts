import { parseCwes } from '../parse-ids.ts';
import { lineAt, listAt, textAt } from '../reading/read-field.ts';
import type { JsonEntry } from '../reading/json-entry.ts';
import type { Format, Reading } from './format.ts';

/** Reports of Brakeman: `brakeman --format json`. It says how sure it is and not how bad a thing is, so severities are unknown. */
export const brakeman: Format = {
  id: 'brakeman',
  name: 'Brakeman',
  variants: [
    {
      form: 'json',
      recognises: (outline) =>
        outline.has('$.scan_info.brakeman_version', '$.warnings') ||
        outline.has('$.warnings[].warning_code', '$.warnings[].check_name', '$.warnings[].fingerprint'),
      isToldByEntries: true,
      layout: { entries: ['$.warnings[]', '$.ignored_warnings[]'], context: ['$.scan_info'] },
      read: readWarning,
    },
    {
      form: 'csv',
      recognises: (outline) => outline.hasColumns('Confidence', 'Warning Type', 'File', 'Line', 'Message', 'Check Name', 'Fingerprint'),
      layout: { columns: ['Confidence', 'Warning Type', 'File', 'Line', 'Message', 'Fingerprint'] },
      read: ({ field }) => ({
        kind: 'weakness',
        rule: { id: field('Check Name') ?? field('Warning Type'), name: field('Warning Type'), helpUri: field('Link') },
        title: field('Warning Type'),
        description: describe(field('Message'), field('Confidence')),
        cwes: parseCwes(field('CWE')),
        location: { path: field('File'), line: lineAt(field('Line')), parameter: field('User Input') },
        ownFingerprint: field('Fingerprint'),
      }),
    },
  ],
};

function readWarning({ path, value, parents: [root] }: JsonEntry): Reading {
  const fingerprint = textAt(value, 'fingerprint');
  return {
    kind: 'weakness',
    rule: {
      id: textAt(value, 'check_name') ?? textAt(value, 'warning_type'),
      name: textAt(value, 'warning_type'),
      helpUri: textAt(value, 'link'),
    },
    title: textAt(value, 'warning_type'),
    description: describe(textAt(value, 'message'), textAt(value, 'confidence')),
    cwes: parseCwes(...listAt(value, 'cwe_id').map((id) => textAt(id))),
    location: { path: textAt(value, 'file'), line: lineAt(value, 'line'), parameter: textAt(value, 'user_input') },
    suppression: path === '$.ignored_warnings[]' ? { kind: 'suppressed', reason: textAt(value, 'note') } : undefined,
    ownFingerprint: fingerprint,
    tool: { version: textAt(root, 'scan_info', 'brakeman_version') },
  };
}

/** Brakeman rates nothing but how sure it is. */
function describe(message: string | undefined, confidence: string | undefined): string {
  return [message, confidence === undefined ? undefined : `Confidence: ${confidence}.`].filter((text) => text !== undefined).join('\n\n');
}
