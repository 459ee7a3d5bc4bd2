import { dirname } from 'node:path';
import { loadReader } from '@deployguard/reports';

/** What came of one report. */
export interface MutationResult {
  /** In a word; undefined where something was thrown that nobody should see. */
  readonly outcome?: string;
  readonly complaint?: string;
  readonly seconds: number;
  /** The most that the process has had until now. */
  readonly megabytes: number;
}

const { openAccount, openReport, ReportError, readReport, recognizeReport } = await loadReader();

process.on('message', (path: string) => void readOne(path).then((result) => process.send!(result)));
process.send!('ready');

async function readOne(path: string): Promise<MutationResult> {
  const startedAt = performance.now();
  const told = await tellOutcome(path).then(
    (outcome) => ({ outcome }),
    (error: unknown) => ({ complaint: error instanceof Error ? `${error.name}: ${error.message.slice(0, 200)}` : String(error) }),
  );
  return { ...told, seconds: (performance.now() - startedAt) / 1000, megabytes: process.resourceUsage().maxRSS / 1000 };
}

async function tellOutcome(path: string): Promise<string> {
  const account = openAccount();
  try {
    await using report = await openReport(path, { workDirectory: dirname(path) });
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
