import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadReader } from '@deployguard/reports';
import { createTemporaryDirectory, mutateReport } from '@deployguard/testkit';

export interface MutationOrder {
  readonly path: string;
  readonly times: number;
  readonly seed: number;
}

/** So far. */
export interface MutationResult {
  readonly outcomes: Record<string, number>;
  readonly complaints: readonly string[];
  readonly slowestSeconds: number;
  readonly megabytes: number;
  /** The last one that was read. */
  readonly seed: number;
}

const tellEverySeconds = 5;

process.once('message', (order: MutationOrder) => void readAll(order).then(() => process.disconnect()));

async function readAll({ path, times, seed: first }: MutationOrder): Promise<void> {
  const report = readFileSync(path);
  using work = createTemporaryDirectory();
  const outcomes: Record<string, number> = {};
  const complaints: string[] = [];
  let [slowestSeconds, toldAt] = [0, performance.now()];
  for (let seed = first; seed < first + times; seed++) {
    const startedAt = performance.now();
    writeFileSync(join(work.path, 'report'), mutateReport(report, seed));
    try {
      const outcome = await readOnce(work.path);
      outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
    } catch (error) {
      complaints.push(`seed ${seed}: ${error instanceof Error ? `${error.name}: ${error.message.slice(0, 200)}` : String(error)}`);
    }
    slowestSeconds = Math.max(slowestSeconds, (performance.now() - startedAt) / 1000);
    const isLast = seed === first + times - 1;
    if (!isLast && performance.now() - toldAt < tellEverySeconds * 1000) continue;
    toldAt = performance.now();
    process.send!({
      outcomes,
      complaints,
      slowestSeconds,
      megabytes: process.resourceUsage().maxRSS / 1000,
      seed,
    } satisfies MutationResult);
  }
}

/** In a word, what came of a report. Throws what nobody should see. */
async function readOnce(workDirectory: string): Promise<string> {
  const { openAccount, openReport, ReportError, readReport, recognizeReport } = await loadReader();
  const account = openAccount();
  try {
    await using report = await openReport(join(workDirectory, 'report'), { workDirectory });
    const recognition = await recognizeReport(report);
    if (recognition.outcome !== 'recognized') return 'not recognised';
    for await (const _ of readReport(report, recognition, account));
  } catch (error) {
    if (error instanceof ReportError) return 'refused';
    throw error;
  }
  const { entries, mapped, skipped, lost, damage } = account;
  const told = [mapped, ...Object.values(skipped), ...Object.values(lost)].reduce((sum, count) => sum + count, 0);
  if (told !== entries) throw new Error(`${entries} entries, and ${told} accounted for`);
  if (({} as Record<string, unknown>)['polluted'] !== undefined) throw new Error('the prototype of objects was changed');
  if (damage !== undefined) return 'damaged';
  return Object.keys(lost).length > 0 ? 'read in part' : 'read';
}
