import { formatCount, formatItems } from '../terminal/format-quantity.ts';
import type { ReadFile } from './read-report-files.ts';

/** What became of the entries of a file, in a line. */
export function describeAccount({ file, scanner, account }: ReadFile): string {
  const { entries, findings, skipped, lost, damage } = account;
  const others = [...Object.entries(skipped), ...Object.entries(lost)].map(([reason, count]) => `${formatCount(count)} ${reason}`);
  const parts = [`${formatItems(entries, 'entry', 'entries')}, ${formatItems(findings, 'finding')}`, ...others];
  return `${file}: ${scanner}: ${parts.join('; ')}.${damage === undefined ? '' : ` ${damage}`}`;
}
