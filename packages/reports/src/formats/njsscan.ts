import { parseCwes } from '../parse-ids.ts';
import { lineAt, listAt, objectAt, textAt, textsAt } from '../reading/read-field.ts';
import type { JsonEntry } from '../reading/json-entry.ts';
import type { Draft, Format, Reading } from './format.ts';

/** Reports of njsscan: `njsscan --json` (https://github.com/ajinabraham/njsscan). Each place of a rule is a finding. Also of NodeJsScan. */
export const njsscan: Format = {
  id: 'njsscan',
  name: 'njsscan',
  variants: [
    {
      form: 'json',
      recognises: (outline) => outline.has('$.njsscan_version') || outline.has('$.nodejs', '$.templates', '$.errors'),
      layout: { entries: ['$.nodejs{}', '$.templates{}', '$.errors[]'], context: ['$.njsscan_version'] },
      read: readRule,
    },
    {
      form: 'json',
      recognises: (outline) => outline.has('$.sec_issues', '$.missing_sec_header', '$.total_count'),
      layout: { entries: ['$.sec_issues{}[]', '$.missing_sec_header{}[]'] },
      read: readIssue,
    },
  ],
};

/** Of NodeJsScan, which came before: it rates nothing, and names its rules by what they say. */
function readIssue({ value, keys }: JsonEntry): Reading {
  const title = textAt(value, 'title');
  return {
    kind: 'weakness',
    rule: { id: title, name: keys[0] },
    title,
    description: textAt(value, 'description'),
    location: { path: textAt(value, 'path') ?? textAt(value, 'filename'), line: lineAt(value, 'line') },
    identity: textAt(value, 'lines'),
    tool: { name: 'NodeJsScan' },
  };
}

/** Rules by their names; one without files is about the whole of an app. */
function readRule({ path, key, value, parents: [root] }: JsonEntry): Reading | readonly Reading[] {
  if (path === '$.errors[]') return { missing: 'file that could not be scanned' };
  const files = listAt(value, 'files');
  const common: Draft = {
    kind: 'weakness',
    // Only what says what it is about is a rule.
    rule: { id: objectAt(value, 'metadata') && key },
    title: objectAt(value, 'metadata') && key?.replaceAll('_', ' '),
    description: textAt(value, 'metadata', 'description'),
    severity: textAt(value, 'metadata', 'severity'),
    cwes: parseCwes(textAt(value, 'metadata', 'cwe')),
    references: textsAt(value, 'metadata', 'reference'),
    tool: { version: textAt(root, 'njsscan_version') },
  };
  if (files.length === 0) return common;
  return files.map((file) => ({
    ...common,
    location: {
      path: textAt(file, 'file_path'),
      line: lineAt(file, 'match_lines', 0),
      column: lineAt(file, 'match_position', 0),
      endLine: lineAt(file, 'match_lines', 1),
    },
    identity: textAt(file, 'match_string'),
  }));
}
