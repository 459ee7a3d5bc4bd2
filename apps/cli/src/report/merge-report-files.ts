import type { ReportedFinding } from '@deployguard/findings';
import { deduplicateFindings } from '@deployguard/findings/review';
import type { ReportFlags } from '../commands/report/add-report-options.ts';
import type { CliContext } from '../context.ts';
import { linePrinter } from './print-lines.ts';
import { type ReadFile, readReportFiles } from './read-report-files.ts';
import { type Spool, spoolItems, spoolLines } from './spool-items.ts';

/** The findings of several reports, each problem once, to be read as often as needed. `read` gets a line for each file. */
export async function mergeReportFiles(
  files: readonly string[],
  flags: ReportFlags,
  context: CliContext,
  read: ReadFile[],
): Promise<Spool<ReportedFinding>> {
  await using all = await spoolLines<ReportedFinding>(readReportFiles(files, flags, context, read, linePrinter));
  return await spoolItems(batch(deduplicateFindings(all), context.signal));
}

async function* batch<Item>(items: AsyncIterable<Item>, signal: AbortSignal): AsyncGenerator<readonly Item[]> {
  for await (const item of items) {
    signal.throwIfAborted();
    yield [item];
  }
}
