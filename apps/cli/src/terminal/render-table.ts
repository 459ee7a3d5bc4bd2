import { neutralizeText } from '@deployguard/reports';
import { cutText, measureText, padText } from './fit-text.ts';
import type { Terminal } from './terminal.ts';

/** A column's heading, and what it shows of a row. */
export type Column<Row> = readonly [heading: string, show: (row: Row) => string | number | null | undefined];

const longestCell = 60;

/** A table for people. What stands in it may come from anywhere, so nothing in it reaches the terminal as a command. */
export function renderTable<Row>(columns: readonly Column<Row>[], rows: readonly Row[], terminal: Terminal): string {
  const cells = rows.map((row) =>
    columns.map(([, show]) => cutText(neutralizeText(String(show(row) ?? '')), longestCell, terminal.symbols.ellipsis)),
  );
  const widths = columns.map(([heading], index) => Math.max(measureText(heading), ...cells.map((line) => measureText(line[index]!))));
  const toLine = (line: readonly string[]): string =>
    line
      .map((cell, index) => padText(cell, widths[index]!))
      .join('  ')
      .trimEnd();
  return [terminal.paint('bold', toLine(columns.map(([heading]) => heading))), ...cells.map(toLine), ''].join('\n');
}

/** Names and values below each other. */
export function renderFields(
  fields: readonly (readonly [name: string, value: string | number | null | undefined])[],
  terminal: Terminal,
): string {
  const shown = fields.filter(([, value]) => value !== null && value !== undefined && value !== '');
  const width = Math.max(0, ...shown.map(([name]) => measureText(name)));
  const lines = shown.map(([name, value]) => `${terminal.paint('gray', padText(name, width))}  ${neutralizeText(String(value))}`);
  return [...lines, ''].join('\n');
}
