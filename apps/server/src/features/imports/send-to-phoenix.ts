import type { ReportedFinding } from '@deployguard/findings';
import { loadImporter } from '@deployguard/reports';
import type { ImportEvent, ImportOutcome, PhoenixTarget } from '@deployguard/reports';
import type { Platform } from '../../feature.ts';
import type { TaskContext } from '../../platform/tasks/index.ts';
import { connectToPhoenix } from './connect-to-phoenix.ts';
import { createPhoenixLedger } from './phoenix-ledger.ts';
import type { ProcessingOptions } from './processing-options.ts';
import { updateImport } from './queries.ts';
import type { ImportRow } from './queries.ts';
import { readFindingRows } from './read-finding-rows.ts';
import { steps } from './states.ts';
import { takeTurn } from './take-turn.ts';

/** What of an upload goes to Phoenix. */
export interface PhoenixOrder {
  readonly assessment: { readonly id: string; readonly name: string };
  /** The file of rows. */
  readonly rowsPath: string;
  readonly workDirectory: string;
}

/** One batch, whatever is in it: as much as Phoenix may be sent at all. */
const oneBatch = { maxBatchBytes: 200_000_000, maxBatchAssets: Number.MAX_SAFE_INTEGER };

/** Imports the findings of a report to Phoenix, each problem once; an import that was cut off goes on where it stopped. */
export async function sendToPhoenix(platform: Platform, row: ImportRow, order: PhoenixOrder, context: TaskContext): Promise<ImportOutcome> {
  const { importFindings, PhoenixError } = await loadImporter();
  const { credentials, options } = connectToPhoenix(platform, row);
  await takeTurn(row.id, order.assessment.id, context);
  const {
    enable_batching: isBatching = true,
    max_batch_size: assets,
    max_payload_mb: megabytes,
    fix_data: completesFindings = true,
    anonymize: isAnonymous = false,
    create_empty_assets: isRiskless = false,
    create_inventory_assets: includesCleanAssets = false,
  } = row.processing_options as ProcessingOptions;
  const target: PhoenixTarget = {
    url: row.phoenix_api_url!,
    assessmentName: order.assessment.name,
    importType: row.import_type,
    ...(row.asset_type !== null && { assetType: row.asset_type as NonNullable<PhoenixTarget['assetType']> }),
  };
  // One after the other. When one cannot be told, the next entry of the ledger cannot be written either.
  let told = Promise.resolve();
  try {
    return await importFindings({
      findings: readFindings(order.rowsPath),
      target,
      credentials,
      options: {
        ...options,
        workDirectory: order.workDirectory,
        completesFindings,
        isRiskless,
        includesCleanAssets,
        ...(isAnonymous && { pseudonymKey: platform.keyring.purposeKey(`pseudonyms ${context.tenantId}`).toString('hex') }),
        ...(isBatching ? {} : oneBatch),
        ...(assets !== undefined && { maxBatchAssets: assets }),
        ...(megabytes !== undefined && { maxBatchBytes: megabytes * 1_000_000 }),
      },
      ledger: createPhoenixLedger(row.id, context),
      signal: context.signal,
      onProgress: (event) => void (told = told.then(() => tell(event, context)).catch(() => {})),
    });
  } catch (error) {
    if (error instanceof PhoenixError && error.outcome !== undefined) {
      const summary = JSON.stringify(summarizeBatches(error.outcome));
      await context.fenced((tx) => updateImport(tx, row.id, { batch_summary: summary }));
    }
    throw error;
  } finally {
    await told;
  }
}

/** In the words of the original service. */
export function summarizeBatches({ batches: { total, imported, refused } }: ImportOutcome): Record<string, number> {
  return {
    total_batches: total,
    successful_batches: imported,
    failed_batches: refused,
    success_rate: total === 0 ? 100 : Math.round((imported / total) * 10_000) / 100,
  };
}

async function* readFindings(path: string): AsyncGenerator<ReportedFinding> {
  for await (const [, row] of readFindingRows(path)) {
    const { content, duplicate_of: lead } = JSON.parse(row.slice(0, row.lastIndexOf('}') + 1)) as {
      content: ReportedFinding;
      duplicate_of?: string;
    };
    if (lead === undefined) yield content;
  }
}

async function tell(event: ImportEvent, context: TaskContext): Promise<void> {
  if (event.type === 'planned') {
    const { batches, assets, findings } = event.outcome;
    await context.log(`To Phoenix: ${findings.total} findings of ${assets.total} assets in ${batches.total} batches.`);
  } else if (event.type === 'imported') {
    const { total, imported } = event.outcome.batches;
    const percent = steps.finishing.percent + Math.floor((9 * imported) / Math.max(1, total));
    await context.progress(percent, `Importing to Phoenix: batch ${imported} of ${total}`);
    if (event.isEarlier) await context.log(`Batch ${event.batch} was imported before.`);
  } else if (event.type === 'refused') await context.log(`Phoenix did not take batch ${event.batch}: ${event.message}`);
  else if (event.type === 'halved') await context.log(`Batch ${event.batch} is too large for Phoenix and is sent in halves.`);
  else await context.log(`Phoenix is asked again in ${Math.ceil(event.seconds)} s: ${event.reason}`);
}
