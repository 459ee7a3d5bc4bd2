import { resolve } from 'node:path';
import { type Consumer, loadReader, type ReportAccount } from '@deployguard/reports';
import { CliError } from '../cli-error.ts';
import type { ReportFlags } from '../commands/report/add-report-options.ts';
import type { CliContext } from '../context.ts';
import { createWorkDirectory } from '../source/create-work-directory.ts';
import { describeRecognition } from './describe-recognition.ts';

/** What was read of one file; complete when the next one begins. */
export interface ReadFile {
  readonly file: string;
  readonly scanner: string;
  readonly account: ReportAccount;
}

/**
 * What the consumer makes of the findings of several reports. `read` gets a line for each file.
 *
 * @throws {CliError} `USAGE` for a scanner that is not known
 * @throws {ReportError} for a report that cannot be told, or of which nothing could be read
 */
export async function* readReportFiles<Made>(
  files: readonly string[],
  { scannerType }: ReportFlags,
  { workingDirectory, signal }: CliContext,
  read: ReadFile[],
  consumer: Consumer<Made>,
): AsyncGenerator<Made> {
  const reader = await loadReader();
  const named = scannerType === undefined ? undefined : reader.findFormat(scannerType);
  if (scannerType !== undefined && !named) {
    throw new CliError('USAGE', `There is no scanner "${scannerType}". deployguard report formats lists them.`);
  }
  await using work = await createWorkDirectory();
  for (const file of files) {
    await using report = await reader.openReport(resolve(workingDirectory, file), { workDirectory: work.path });
    const recognition = await reader.recognizeReport(report, named && [named]);
    // Who names the scanner says that nothing was found.
    if (named && recognition.outcome === 'empty') {
      read.push({ file, scanner: named.name, account: reader.openAccount() });
      continue;
    }
    if (recognition.outcome !== 'recognized') {
      const said = named && recognition.outcome === 'unknown' ? `no report of ${named.name}` : describeRecognition(recognition);
      throw new reader.ReportError('REPORT_UNKNOWN', `${file}: ${said}.`);
    }
    const account = reader.openAccount();
    for await (const made of reader.consumeReport(report, recognition, account, consumer)) {
      signal.throwIfAborted();
      yield made;
    }
    if (account.mapped === 0 && !reader.saysNothing(account)) {
      throw new reader.ReportError('REPORT_UNREADABLE', `${file}: nothing could be read of it. ${account.damage ?? describeLost(account)}`);
    }
    read.push({ file, scanner: recognition.format.name, account });
  }
}

/** Whether all that the files hold could be read. */
export function isWhole({ account: { lost, damage } }: ReadFile): boolean {
  return damage === undefined && Object.keys(lost).length === 0;
}

function describeLost({ lost }: ReportAccount): string {
  return `${Object.entries(lost)
    .map(([reason, count]) => `${count} × ${reason}`)
    .join(', ')}.`;
}
