import type { ReportConvertFlags } from '../commands/report/convert.ts';
import type { CliContext } from '../context.ts';
import type { ExitCode } from '../exit-code.ts';
import { formatCount, formatItems } from '../terminal/format-quantity.ts';
import { chooseKinds } from './choose-kinds.ts';
import { mergeReportFiles } from './merge-report-files.ts';
import type { ReadFile } from './read-report-files.ts';
import { tellAccounts } from './tell-accounts.ts';
import { writeFindings } from './write-findings.ts';

export async function runReportMerge(files: readonly string[], flags: ReportConvertFlags, context: CliContext): Promise<ExitCode> {
  const read: ReadFile[] = [];
  await using findings = await mergeReportFiles(files, flags, context, read);
  await writeFindings(chooseKinds(findings, flags), flags, context);
  const exitCode = await tellAccounts(read, flags.quiet, context);
  const reported = read.reduce((sum, { account }) => sum + account.findings, 0);
  if (!flags.quiet) await context.stderr.write(`${formatCount(reported)} reported, ${formatItems(findings.count, 'problem')}.\n`);
  return exitCode;
}
