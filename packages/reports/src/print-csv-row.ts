import { neutralizeText } from './neutralize-text.ts';

export interface CsvCell {
  readonly value: string | number | boolean | undefined;
  /** May have several lines, which stay. */
  readonly isText?: boolean;
}

/**
 * A record of RFC 4180. A cell that a spreadsheet would take for a formula begins with an apostrophe; control characters are visible
 * escapes, because a file for people is also printed.
 */
export function printCsvRow(cells: readonly CsvCell[]): string {
  return `${cells.map(({ value, isText }) => quote(defuse(String(value ?? ''), isText))).join(',')}\r\n`;
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
