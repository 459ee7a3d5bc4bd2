import { randomUUIDv7 } from 'node:crypto';
import { loadImporter } from '@deployguard/reports';
import type { Platform } from '../../feature.ts';
import type { TaskContext } from '../../platform/tasks/index.ts';
import { connectToPhoenix } from './connect-to-phoenix.ts';
import { createPhoenixLedger } from './phoenix-ledger.ts';
import { findOrInsertAssessment, updateImport } from './queries.ts';
import type { ImportRow } from './queries.ts';
import { steps } from './states.ts';
import { takeTurn } from './take-turn.ts';

export interface TranslationOrder {
  /** Of the report, as it was uploaded. */
  readonly path: string;
  /** What Phoenix calls its translator. */
  readonly scanType: string;
}

/** Gives a report to Phoenix as it is, and waits until Phoenix has imported it; here nothing of it is read. One that was cut off goes on waiting. */
export async function translateAtPhoenix(
  platform: Platform,
  row: ImportRow,
  { path, scanType }: TranslationOrder,
  context: TaskContext,
): Promise<void> {
  const { translateReport } = await loadImporter();
  const assessmentName = row.assessment_name!;
  const assessmentId = await context.fenced(async (tx) => {
    const id = await findOrInsertAssessment(tx, randomUUIDv7(), assessmentName);
    await updateImport(tx, row.id, { assessment_id: id });
    return id;
  });
  await takeTurn(row.id, assessmentId, context);
  await context.progress(steps.read.percent, `Phoenix reads the report as "${scanType}"`);
  const { requestId } = await translateReport({
    path,
    fileName: row.filename,
    scanType,
    target: { url: row.phoenix_api_url!, assessmentName, importType: row.import_type },
    ...connectToPhoenix(platform, row),
    ledger: createPhoenixLedger(row.id, context),
    signal: context.signal,
  });
  await context.log(`Phoenix has imported the report (its request ${requestId}).`);
  await context.progress(steps.finishing.percent, steps.finishing.text);
}
