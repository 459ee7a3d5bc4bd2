import { join } from 'node:path';
import { loadReader } from '@deployguard/reports';
import { createTemporaryDirectory } from '@deployguard/testkit';
import { printTable } from '../print-table.ts';
import { explainCount } from './explain-count.ts';

export interface Reference {
  /** By path: how many findings there are. */
  readonly expected: Readonly<Record<string, unknown>>;
  /** By folder: the id of the scanner, or several. */
  readonly names: Readonly<Record<string, unknown>>;
}

/** Prints of each report whose it is taken for, what became of its entries, and how that compares. */
export async function countFindings(root: string, files: readonly string[], { expected, names }: Reference): Promise<void> {
  const rows: string[][] = [];
  const sums = { right: 0, wrong: 0, untold: 0, empty: 0, equal: 0, explained: 0, unexplained: 0, silent: 0 };
  for (const file of files) {
    const { id, outcome, counts, findings, isSilent } = await readFile(join(root, file));
    const wanted = [names[file.split('/')[0]!] ?? file.split('/')[0]!.replaceAll('_', '-')].flat();
    const verdict = outcome === 'empty' ? 'empty' : id === undefined ? 'untold' : wanted.includes(id) ? 'right' : 'wrong';
    sums[verdict]++;
    if (isSilent) sums.silent++;
    const count = expected[file];
    const isOther = count !== undefined && count !== findings;
    const why = isOther ? await explainCount(join(root, file), id, findings, Number(count)) : undefined;
    if (count !== undefined) sums[!isOther ? 'equal' : why === undefined ? 'unexplained' : 'explained']++;
    rows.push([
      file,
      `${id ?? 'cannot tell'}${verdict === 'wrong' ? ' (!)' : ''}`,
      counts,
      String(count ?? ''),
      isOther ? (why ?? 'unexplained (!)') : count === undefined ? '' : '=',
    ]);
  }
  printTable('Reports', ['report', 'is of', 'entries, findings; skipped; not understood', 'reference', ''], rows);
  const told = files.length - sums.empty;
  const share = (part: number, all: number): string => `${part} (${((part / Math.max(1, all)) * 100).toFixed(1)} %)`;
  console.log(
    `\n${files.length} reports, ${sums.empty} of them empty: nothing in them tells the scanner, which is asked for. ` +
      `Of the other ${told}: recognised ${share(sums.right, told)}, as another ${share(sums.wrong, told)}, cannot tell ${share(sums.untold, told)}.`,
  );
  const compared = sums.equal + sums.explained + sums.unexplained;
  console.log(
    `counts: ${sums.equal} as the reference, ${sums.explained} other for a reason that was counted, ${share(sums.unexplained, compared)} unexplained; nothing found and no reason: ${sums.silent}`,
  );
}

interface ReadFile {
  readonly id: string | undefined;
  readonly outcome: string;
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
    const { outcome } = recognition;
    if (recognition.outcome !== 'recognized') return { id: undefined, outcome, findings: 0, counts: outcome, isSilent: false };
    for await (const _ of readReport(report, recognition, account));
    const { entries, findings, mapped, skipped, lost, damage } = account;
    const told = [`${entries}, ${findings}`, list(skipped), list(lost), damage ?? ''].filter((part) => part !== '').join('; ');
    const accounted = [mapped, ...Object.values(skipped), ...Object.values(lost)].reduce((sum, each) => sum + each, 0);
    return { id: recognition.format.id, outcome, findings, counts: told, isSilent: accounted !== entries };
  } catch (error) {
    if (!(error instanceof ReportError)) throw error;
    return { id: undefined, outcome: error.code, findings: 0, counts: `${error.code}: ${error.message}`, isSilent: false };
  }
}

function list(counts: Readonly<Record<string, number>>): string {
  return Object.entries(counts)
    .map(([reason, count]) => `${count} × ${reason}`)
    .join(', ');
}
