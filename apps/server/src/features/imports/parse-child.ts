import { createWriteStream } from 'node:fs';
import type { WriteStream } from 'node:fs';
import { rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { DuplicateFinder } from '@deployguard/findings/review';
import { loadReader } from '@deployguard/reports';
import type { Recognition, ReportAccount, ReportBytes } from '@deployguard/reports';
import type { ChildContext } from '../../platform/tasks/index.ts';
import { ImportError } from './import-error.ts';
import { markDuplicate, rowEnd, rowsFile } from './print-finding-row.ts';
import { findingPrinter } from './print-findings.ts';
import type { PrintedFindings } from './print-findings.ts';
import { readFindingRows } from './read-finding-rows.ts';
import { steps } from './states.ts';

export interface ParseOrder {
  readonly workDirectory: string;
  /** The report, as it was uploaded. */
  readonly file: string;
  /** Whose it is, as the user says. */
  readonly scannerType: string | undefined;
}

export interface ParsedReport {
  /** The format's id and what people call it. */
  readonly scanner: { readonly id: string; readonly name: string };
  readonly account: ReportAccount;
  readonly assets: number;
  readonly duplicates: number;
}

const chunkCharacters = 256 * 1024;
const progressEveryFindings = 5000;

/** Runs in a process of its own: reads what a stranger sent. */
export async function handle({ workDirectory, file, scannerType }: ParseOrder, context: ChildContext): Promise<ParsedReport> {
  const reader = await loadReader();
  const { ReportError } = reader;
  await context.progress(steps.loaded.percent, steps.loaded.text);
  const named = scannerType === undefined ? undefined : reader.findFormat(scannerType);
  await using report = await reader.openReport(file, { workDirectory });
  const recognition = await reader.recognizeReport(report, named && [named]);
  const account = reader.openAccount();
  if (named && recognition.outcome === 'empty') {
    await context.log(`An empty report of ${named.name}.`);
    await writeFile(join(workDirectory, rowsFile), '', { flag: 'wx', mode: 0o600 });
    return { scanner: named, account, assets: 0, duplicates: 0 };
  }
  if (recognition.outcome !== 'recognized') throw new ImportError('REPORT_UNKNOWN', describeRefusal(recognition, named?.name));
  const { format } = recognition;
  await context.log(`A report of ${format.name}.`);

  const watched = watchReading(report);
  const batches = reader.consumeReport(watched.bytes, recognition, account, findingPrinter);
  const written = await writeRows(batches, join(workDirectory, rowsFile), (count) => {
    context.signal.throwIfAborted();
    const percent = steps.read.percent + (steps.stored.percent - steps.read.percent) * watched.share();
    return context.progress(percent, `${steps.read.text}: ${count.toLocaleString('en')} findings`);
  });
  if (account.damage !== undefined) throw new ReportError('REPORT_UNREADABLE', `The report is damaged. ${account.damage}`);
  if (account.mapped === 0 && !reader.saysNothing(account))
    throw new ImportError('REPORT_UNREADABLE', `Nothing could be read of the report: ${describeCounts(account.lost)}.`);
  await context.log(describeAccount(account));
  const duplicates = await markDuplicates(workDirectory, written);
  if (duplicates > 0) await context.log(`${duplicates} of them mean the same problem as another one.`);
  return { scanner: { id: format.id, name: format.name }, account, assets: written.assets, duplicates };
}

function describeRefusal(recognition: Recognition, named: string | undefined): string {
  if (named !== undefined && recognition.outcome === 'unknown') return `This is no report of ${named}.`;
  if (recognition.outcome === 'ambiguous')
    return `It could be a report of ${recognition.candidates.join(' or ')}. Say which with scanner_type.`;
  if (recognition.outcome === 'empty') return 'The report is empty, so that it cannot be told whose it is. Say it with scanner_type.';
  return 'Whose report this is cannot be told. Say it with scanner_type.';
}

function describeAccount({ entries, findings, skipped, lost }: ReportAccount): string {
  const parts = [
    `${entries} entries, ${findings} findings`,
    ...(Object.keys(skipped).length > 0 ? [`skipped: ${describeCounts(skipped)}`] : []),
    ...(Object.keys(lost).length > 0 ? [`not understood: ${describeCounts(lost)}`] : []),
  ];
  return `${parts.join('; ')}.`;
}

function describeCounts(counts: Readonly<Record<string, number>>): string {
  return Object.entries(counts)
    .map(([reason, count]) => `${count} × ${reason}`)
    .join(', ');
}

/** Tells how much of a report has been read. */
function watchReading(report: ReportBytes): { readonly bytes: ReportBytes; share(): number } {
  if (report.members) return { bytes: report, share: () => 0.5 };
  let furthest = 0;
  const bytes: ReportBytes = {
    byteLength: report.byteLength,
    read(target, position) {
      furthest = Math.max(furthest, position);
      return report.read(target, position);
    },
    [Symbol.asyncDispose]: () => report[Symbol.asyncDispose](),
  };
  return { bytes, share: () => Math.min(1, furthest / Math.max(1, report.byteLength)) };
}

interface Written {
  readonly finder: DuplicateFinder;
  readonly count: number;
  readonly assets: number;
}

async function writeRows(
  batches: AsyncIterable<PrintedFindings>,
  path: string,
  onProgress: (count: number) => Promise<void>,
): Promise<Written> {
  const finder = new DuplicateFinder();
  const assets = new Set<string>();
  let [count, told] = [0, 0];
  async function* joinRows(): AsyncGenerator<string> {
    let chunk = '';
    for await (const batch of batches) {
      for (const clues of batch.clues) finder.add(clues);
      for (const asset of batch.assets) assets.add(asset);
      chunk += batch.rows;
      count += batch.clues.length;
      if (chunk.length > chunkCharacters) {
        yield chunk;
        chunk = '';
      }
      if (count - told >= progressEveryFindings) await onProgress((told = count));
    }
    yield chunk;
  }
  await pipeline(joinRows, createRowsFile(path));
  return { finder, count, assets: assets.size };
}

interface GroupLead {
  readonly key: string;
  readonly weight: string;
}

/** Says of each finding that another one stands for which: the worst that counts. Most reports have none, and their rows stay as they are. */
async function markDuplicates(workDirectory: string, { finder, count }: Written): Promise<number> {
  const path = join(workDirectory, rowsFile);
  const groups = finder.settle();
  if (!Array.from({ length: count }, (_, index) => index).some((index) => groups.sizeOf(index) > 1)) return 0;
  const leads = new Map<number, GroupLead>();
  let duplicates = 0;
  for await (const [index, row] of readFindingRows(path)) {
    if (groups.sizeOf(index) === 1) continue;
    const { key, severity, suppression } = JSON.parse(row.slice(0, -rowEnd.length)) as {
      key: string;
      severity: number;
      suppression?: string;
    };
    const group = groups.groupOf(index);
    const known = leads.get(group);
    const weight = `${suppression === undefined ? 0 : 1} ${severity} ${key}`;
    if (known !== undefined) duplicates++;
    if (known === undefined || weight < known.weight) leads.set(group, { key, weight });
  }
  const marked = `${path}.marked`;
  async function* markRows(): AsyncGenerator<string> {
    let chunk = '';
    for await (const [index, row] of readFindingRows(path)) {
      const lead = groups.sizeOf(index) === 1 ? undefined : leads.get(groups.groupOf(index));
      chunk += lead === undefined || row.includes(`"key":${JSON.stringify(lead.key)}`) ? row : markDuplicate(row, lead.key);
      if (chunk.length <= chunkCharacters) continue;
      yield chunk;
      chunk = '';
    }
    yield chunk;
  }
  await pipeline(markRows, createRowsFile(marked));
  await rename(marked, path);
  return duplicates;
}

/** Takes some chunks more than are written, so that nobody waits for the disk who has rows to make. */
function createRowsFile(path: string): WriteStream {
  return createWriteStream(path, { flags: 'wx', mode: 0o600, highWaterMark: 4 * chunkCharacters });
}
