import type { Finding } from '@deployguard/findings';
import { neutralizeText } from '../neutralize-text.ts';
import type { Emitter } from './emitter.ts';

/**
 * RFC 4180 with a header. A cell that a spreadsheet would take for a formula begins with an apostrophe; control characters are visible
 * escapes, because a file for people is also printed.
 */
export const csv: Emitter = {
  format: 'csv',
  extension: 'csv',
  mediaType: 'text/csv; charset=utf-8',
  async *emit(report) {
    yield toRow(columns.map(({ name }) => name));
    for await (const finding of report.findings) {
      yield toRow(columns.map(({ read, isText }) => defuse(String(read(finding) ?? ''), isText)));
    }
  },
};

type Cell = string | number | boolean | undefined;

/** `isText`: may have several lines, which stay. */
const columns: readonly { readonly name: string; readonly read: (finding: Finding) => Cell; readonly isText?: true }[] = [
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
  { name: 'description', read: ({ description }) => description, isText: true },
];

function toRow(cells: readonly string[]): string {
  return `${cells.map(quote).join(',')}\r\n`;
}

/** Text that starts with one of these is run as a formula; the full-width forms are folded to them by some spreadsheets. */
const formulaStart = /^[=+\-@\t\r\n＝＋－＠]/u;

function defuse(text: string, isText = false): string {
  const plain = isText ? text.replaceAll(/[^\t\n]+/g, neutralizeText) : neutralizeText(text);
  return formulaStart.test(plain) ? `'${plain}` : plain;
}

function quote(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
