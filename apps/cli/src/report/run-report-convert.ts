import type { ReportedFinding } from '@deployguard/findings';
import type { ReportConvertFlags } from '../commands/report/convert.ts';
import type { CliContext } from '../context.ts';
import type { ExitCode } from '../exit-code.ts';
import { chooseKinds } from './choose-kinds.ts';
import { type ReadFile, readReportFiles } from './read-report-files.ts';
import { spoolItems } from './spool-items.ts';
import { tellAccounts } from './tell-accounts.ts';
import { writeFindings } from './write-findings.ts';

export async function runReportConvert(files: readonly string[], flags: ReportConvertFlags, context: CliContext): Promise<ExitCode> {
  const read: ReadFile[] = [];
  const batches = readReportFiles(files, flags, context, read);
  // Lines need no second reading.
  if (flags.format === 'jsonl') await writeFindings(chooseKinds(flatten(batches), flags), flags, context);
  else {
    await using findings = await spoolItems(batches);
    await writeFindings(chooseKinds(findings, flags), flags, context);
  }
  return tellAccounts(read, flags.quiet, context);
}

async function* flatten(batches: AsyncIterable<readonly ReportedFinding[]>): AsyncGenerator<ReportedFinding> {
  for await (const batch of batches) yield* batch;
}
