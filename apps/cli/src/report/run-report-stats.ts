import type { ReportedFinding } from '@deployguard/findings';
import { neutralizeText } from '@deployguard/reports';
import type { ReportStatsFlags } from '../commands/report/stats.ts';
import type { CliContext } from '../context.ts';
import { type ExitCode, exitCodes } from '../exit-code.ts';
import { formatCount } from '../terminal/format-quantity.ts';
import { renderFields } from '../terminal/render-table.ts';
import { addCounts, countFindings, findingCounter } from './count-findings.ts';
import { describeAccount } from './describe-account.ts';
import { isWhole, type ReadFile, readReportFiles } from './read-report-files.ts';

export async function runReportStats(files: readonly string[], flags: ReportStatsFlags, context: CliContext): Promise<ExitCode> {
  const { stdout } = context;
  const read: ReadFile[] = [];
  const counts = countFindings([]);
  for await (const part of readReportFiles(files, flags, context, read, findingCounter)) addCounts(counts, part);
  const total = read.reduce((sum, { account }) => sum + account.findings, 0);
  if (flags.format === 'json') await stdout.write(`${JSON.stringify({ total, ...counts, files: read }, undefined, 2)}\n`);
  else {
    await stdout.write(
      renderFields(
        [['Findings', formatCount(total)], ...toRows(counts.severity, order), ...toRows(counts.kind), ...toRows(counts.scanner)],
        stdout,
      ),
    );
    for (const file of read) await stdout.write(`${neutralizeText(describeAccount(file))}\n`);
  }
  return read.every(isWhole) ? exitCodes.clean : exitCodes.refused;
}

const order: readonly ReportedFinding['severity']['label'][] = ['critical', 'high', 'medium', 'low', 'info', 'unknown'];

/** In the given order, or the most first. */
function toRows(counts: Readonly<Record<string, number>>, names?: readonly string[]): [string, string][] {
  const sorted = names ?? Object.keys(counts).sort((a, b) => counts[b]! - counts[a]!);
  return sorted.filter((name) => name in counts).map((name) => [`  ${name}`, formatCount(counts[name]!)]);
}
