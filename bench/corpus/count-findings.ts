import { join } from 'node:path';
import { loadReader } from '@deployguard/reports';
import { createTemporaryDirectory } from '@deployguard/testkit';
import { printTable } from '../print-table.ts';

export interface Reference {
  /** By path: how many findings there are. */
  readonly expected: Readonly<Record<string, unknown>>;
  /** By folder: the id of the scanner, or several. */
  readonly names: Readonly<Record<string, unknown>>;
}

/** Prints of each report whose it is taken for, what became of its entries, and how that compares. */
export async function countFindings(root: string, files: readonly string[], { expected, names }: Reference): Promise<void> {
  const rows: string[][] = [];
  const sums = { right: 0, wrong: 0, untold: 0, equal: 0, other: 0, silent: 0 };
  for (const file of files) {
    const { id, counts, findings, isSilent } = await readFile(join(root, file));
    const wanted = [names[file.split('/')[0]!] ?? file.split('/')[0]!.replaceAll('_', '-')].flat();
    const verdict = id === undefined ? 'untold' : wanted.includes(id) ? 'right' : 'wrong';
    sums[verdict]++;
    if (isSilent) sums.silent++;
    const count = expected[file];
    if (count !== undefined) sums[count === findings ? 'equal' : 'other']++;
    rows.push([
      file,
      `${id ?? 'cannot tell'}${verdict === 'wrong' ? ' (!)' : ''}`,
      counts,
      String(count ?? ''),
      count === findings ? '=' : '',
    ]);
  }
  printTable('Reports', ['report', 'is of', 'entries, findings; skipped; not understood', 'reference', ''], rows);
  const share = (part: number): string => `${part} (${((part / Math.max(1, files.length)) * 100).toFixed(1)} %)`;
  console.log(
    `\n${files.length} reports: recognised ${share(sums.right)}, as another ${share(sums.wrong)}, cannot tell ${share(sums.untold)};`,
  );
  console.log(`counts: ${sums.equal} as the reference, ${sums.other} other; nothing found and no reason: ${sums.silent}`);
}

interface ReadFile {
  readonly id: string | undefined;
  readonly findings: number;
  readonly counts: string;
  /** Entries of which nothing is said. */
  readonly isSilent: boolean;
}

async function readFile(path: string): Promise<ReadFile> {
  const { openAccount, openReport, ReportError, readReport, recognizeReport } = await loadReader();
  using work = createTemporaryDirectory();
  const account = openAccount();
  try {
    await using report = await openReport(path, { workDirectory: work.path });
    const recognition = await recognizeReport(report);
    if (recognition.outcome !== 'recognized') return { id: undefined, findings: 0, counts: recognition.outcome, isSilent: false };
    for await (const _ of readReport(report, recognition, account));
    const { entries, findings, mapped, skipped, lost, damage } = account;
    const told = [`${entries}, ${findings}`, list(skipped), list(lost), damage ?? ''].filter((part) => part !== '').join('; ');
    const accounted = [mapped, ...Object.values(skipped), ...Object.values(lost)].reduce((sum, each) => sum + each, 0);
    return { id: recognition.format.id, findings, counts: told, isSilent: accounted !== entries };
  } catch (error) {
    if (!(error instanceof ReportError)) throw error;
    return { id: undefined, findings: 0, counts: `${error.code}: ${error.message}`, isSilent: false };
  }
}

function list(counts: Readonly<Record<string, number>>): string {
  return Object.entries(counts)
    .map(([reason, count]) => `${count} × ${reason}`)
    .join(', ');
}
