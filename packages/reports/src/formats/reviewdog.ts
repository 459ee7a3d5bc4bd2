import { lineAt, textAt } from '../reading/read-field.ts';
import type { JsonEntry } from '../reading/json-entry.ts';
import type { Format, JsonVariant, Reading } from './format.ts';

/** Diagnostics of any linter in reviewdog's format, whole (rdjson) and one a line (rdjsonl): https://github.com/reviewdog/reviewdog/tree/master/proto/rdf */
export const reviewdog: Format = {
  id: 'reviewdog',
  name: 'reviewdog',
  variants: [variant('$.diagnostics[]'), variant('$')],
};

function variant(diagnostic: string): JsonVariant {
  const members = ['message', 'location.path', 'location.range.start'].map((name) => `${diagnostic}.${name}`);
  return {
    form: 'json',
    recognises: (outline) => outline.has(...members),
    layout: { entries: [diagnostic], context: diagnostic === '$' ? [] : ['$.source', '$.severity'] },
    read: readDiagnostic,
  };
}

function readDiagnostic({ value, parents: [root] }: JsonEntry): Reading {
  const message = textAt(value, 'message');
  return {
    kind: 'quality',
    rule: { id: textAt(value, 'code', 'value') ?? message, helpUri: textAt(value, 'code', 'url') },
    title: message,
    severity: textAt(value, 'severity') ?? textAt(root, 'severity'),
    location: {
      path: textAt(value, 'location', 'path'),
      line: lineAt(value, 'location', 'range', 'start', 'line'),
      column: lineAt(value, 'location', 'range', 'start', 'column'),
      endLine: lineAt(value, 'location', 'range', 'end', 'line'),
      endColumn: lineAt(value, 'location', 'range', 'end', 'column'),
    },
    tool: { name: textAt(value, 'source', 'name') ?? textAt(root, 'source', 'name') },
  };
}
