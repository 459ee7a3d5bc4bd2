import type { Finding } from '@deployguard/findings';
import { type CsvCell, printCsvRow } from '../print-csv-row.ts';
import type { Emitter } from './emitter.ts';

/** A row a finding, with a header. */
export const csv: Emitter = {
  format: 'csv',
  extension: 'csv',
  mediaType: 'text/csv; charset=utf-8',
  async *emit(report) {
    yield printCsvRow(columns.map(({ name }) => ({ value: name })));
    for await (const finding of report.findings) {
      yield printCsvRow(columns.map(({ read, isText = false }) => ({ value: read(finding), isText })));
    }
  },
};

const columns: readonly { readonly name: string; readonly read: (finding: Finding) => CsvCell['value']; readonly isText?: true }[] = [
  { name: 'id', read: ({ id }) => id },
  { name: 'severity', read: ({ severity }) => severity },
  { name: 'rule', read: ({ ruleId }) => ruleId },
  { name: 'title', read: ({ title }) => title },
  { name: 'path', read: ({ location }) => location.path },
  { name: 'line', read: ({ location }) => location.line },
  { name: 'column', read: ({ location }) => location.column },
  { name: 'commit', read: ({ location }) => location.commit?.id },
  { name: 'author', read: ({ location }) => location.commit?.authorName },
  { name: 'email', read: ({ location }) => location.commit?.authorEmail },
  { name: 'date', read: ({ location }) => location.commit?.date },
  { name: 'subject', read: ({ location }) => location.commit?.subject },
  { name: 'preview', read: ({ details }) => details?.['preview'] },
  { name: 'secret', read: ({ details }) => details?.['secret'], isText: true },
  { name: 'carrier', read: ({ details }) => details?.['carrier'] },
  { name: 'commits', read: ({ details }) => details?.['commitCount'] },
  { name: 'in_head', read: ({ details }) => details?.['isInHead'] },
  { name: 'description', read: ({ description }) => description },
];
