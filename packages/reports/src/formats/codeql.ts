import type { Severity } from '@deployguard/findings';
import { cutText } from '../cut-text.ts';
import { lineAt } from '../reading/read-field.ts';
import type { CsvEntry } from '../reading/read-csv-entries.ts';
import type { CsvVariant, Format, Reading } from './format.ts';

/** Alerts of CodeQL as CSV, `codeql database analyze --format csv`, and of Semmle QL. Its SARIF is read as SARIF. */
export const codeql: Format = {
  id: 'codeql',
  name: 'CodeQL',
  variants: [variant(['path']), variant(['path', 'full path'])],
};

/** Semmle QL wrote two paths. */
function variant(paths: readonly string[]): CsvVariant {
  const number = /^\d+$/;
  const [any, severity] = [/^/, /^(?:error|warning|recommendation)$/];
  return {
    form: 'csv',
    recognises: (outline) => outline.fits(any, any, severity, any, ...paths.map(() => /./), number, number, number, number),
    layout: {
      columns: ['name', 'description', 'severity', 'message', ...paths, 'line', 'column', 'end line', 'end column'],
      hasNoHeader: true,
    },
    read: readAlert,
  };
}

const labels: ReadonlyMap<string, Severity> = new Map([['recommendation', 'low']]);

function readAlert({ field }: CsvEntry): Reading {
  const severity = field('severity');
  return {
    kind: 'weakness',
    rule: { id: field('name') },
    title: withoutLinks(field('message')) ?? field('name'),
    description: field('description'),
    severity,
    severityLabel: labels.get(severity ?? ''),
    location: {
      path: field('path')?.replace(/^\//, ''),
      line: lineAt(field('line')),
      column: lineAt(field('column')),
      endLine: lineAt(field('end line')),
      endColumn: lineAt(field('end column')),
    },
  };
}

/** `[["what"|"relative:///file:1:2:3:4"]]` is a link, with several places behind the first. */
function withoutLinks(message: string | undefined): string | undefined {
  return message && cutText(message, 4096).replaceAll(/\[\["([^"]{0,300})"[^\]]{0,500}(?:\][^\]]{1,500}){0,20}\]\]/g, '$1');
}
