import { resolve } from 'node:path';
import type { ReportedFinding } from '@deployguard/findings';
import type { ReportConvertFlags } from '../commands/report/convert.ts';
import type { CliContext } from '../context.ts';
import type { ExitCode } from '../exit-code.ts';
import { writeOutput } from '../terminal/write-output.ts';
import { chooseKinds } from './choose-kinds.ts';
import { linePrinter, type ItemLines } from './print-lines.ts';
import { type ReadFile, readReportFiles } from './read-report-files.ts';
import { spoolLines } from './spool-items.ts';
import { tellAccounts } from './tell-accounts.ts';
import { writeFindings } from './write-findings.ts';

export async function runReportConvert(files: readonly string[], flags: ReportConvertFlags, context: CliContext): Promise<ExitCode> {
  const read: ReadFile[] = [];
  const parts = readReportFiles(files, flags, context, read, linePrinter);
  if (flags.format === 'jsonl' && flags.kind === undefined) {
    await writeOutput(listTexts(parts), context.stdout, flags.output && resolve(context.workingDirectory, flags.output));
  } else {
    await using findings = await spoolLines<ReportedFinding>(parts);
    await writeFindings(chooseKinds(findings, flags), flags, context);
  }
  return tellAccounts(read, flags.quiet, context);
}

async function* listTexts(parts: AsyncIterable<ItemLines>): AsyncGenerator<string> {
  for await (const { texts } of parts) yield* texts;
}
