import { resolve } from 'node:path';
import { neutralizeText } from '@deployguard/reports';
import type { ReportConvertFlags } from '../commands/report/convert.ts';
import type { CliContext } from '../context.ts';
import { type ExitCode, exitCodes } from '../exit-code.ts';
import { writeOutput } from '../terminal/write-output.ts';
import { describeAccount } from './describe-account.ts';
import { isWhole, type ReadFile, readReportFiles } from './read-report-files.ts';

export async function runReportConvert(files: readonly string[], flags: ReportConvertFlags, context: CliContext): Promise<ExitCode> {
  const { stdout, stderr, workingDirectory } = context;
  const read: ReadFile[] = [];
  const output = flags.output === undefined ? undefined : resolve(workingDirectory, flags.output);

  await writeOutput(toLines(files, flags, context, read), stdout, output);

  for (const file of read) if (!flags.quiet || !isWhole(file)) await stderr.write(`${neutralizeText(describeAccount(file))}\n`);
  return read.every(isWhole) ? exitCodes.clean : exitCodes.refused;
}

async function* toLines(
  files: readonly string[],
  flags: ReportConvertFlags,
  context: CliContext,
  read: ReadFile[],
): AsyncGenerator<string> {
  for await (const batch of readReportFiles(files, flags, context, read)) {
    yield batch.map((finding) => `${JSON.stringify(finding)}\n`).join('');
  }
}
