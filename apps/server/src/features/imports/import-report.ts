import { randomUUIDv7 } from 'node:crypto';
import { extname, parse } from 'node:path';
import { sql } from 'kysely';
import type { Platform } from '../../feature.ts';
import { appendAudit } from '../../platform/audit/index.ts';
import type { Tx } from '../../platform/database/index.ts';
import type { TaskContext } from '../../platform/tasks/index.ts';
import { createWorkDirectory, runJobChild } from '../jobs/index.ts';
import { announceState } from './announce-state.ts';
import { askCleanUp } from './clean-up.ts';
import { ImportError, importChangedError } from './import-error.ts';
import type { ImportInput } from './kinds.ts';
import type { ParseOrder, ParsedReport } from './parse-child.ts';
import { rowsFile } from './print-finding-row.ts';
import { findOrInsertAssessment, lockImport, noteLastImport, updateImport } from './queries.ts';
import type { ImportRow } from './queries.ts';
import { sendToPhoenix, summarizeBatches } from './send-to-phoenix.ts';
import type { ProcessingOptions } from './processing-options.ts';
import { openReportBody } from './open-report-body.ts';
import { isEnded, steps } from './states.ts';
import { storeFindings } from './store-findings.ts';
import { translateAtPhoenix } from './translate-at-phoenix.ts';

const child = new URL(`./parse-child${extname(import.meta.filename)}`, import.meta.url);

/** Reads a report in a process of its own; only when all of it is understood are its findings stored. */
export async function importReport(platform: Platform, { importId }: ImportInput, context: TaskContext): Promise<void> {
  const row = await context.fenced((tx) => beginImport(tx, importId, context));
  await context.progress(steps.begun.percent, steps.begun.text);
  await using work = await createWorkDirectory(platform);
  const body = await openReportBody(platform, row, context);
  const file = await work.save('report', body, context.signal);
  const { translate_as: scanType } = row.processing_options as ProcessingOptions;
  if (scanType !== undefined) {
    await translateAtPhoenix(platform, row, { path: file, scanType }, context);
    return context.finish((tx) => completeImport(tx, importId, {}, { phoenix_translator: scanType }, context));
  }
  const order: ParseOrder = {
    workDirectory: work.path,
    file,
    scannerType: row.scanner_type ?? undefined,
  };
  const parsed = (await runJobChild(platform, child, order, context)) as ParsedReport;
  assertWhole(row, parsed);

  const assessmentName = row.assessment_name ?? nameAssessment(row, parsed);
  const assessmentId = await context.fenced(async (tx) => {
    const id = await findOrInsertAssessment(tx, randomUUIDv7(), assessmentName);
    await updateImport(tx, importId, { scanner_type: parsed.scanner.id, assessment_name: assessmentName, assessment_id: id });
    return id;
  });
  const total = parsed.account.findings;
  const stored = await storeFindings(
    work.read(rowsFile),
    {
      importId,
      assessmentId,
      closesOthers: row.import_type !== 'delta',
      startedAt: row.started_at!,
      onProgress: (count) => {
        const share = total === 0 ? 1 : count / total;
        const percent = steps.stored.percent + (steps.finishing.percent - steps.stored.percent) * share;
        return context.progress(percent, `${steps.stored.text}: ${count.toLocaleString('en')} of ${total.toLocaleString('en')}`);
      },
    },
    context,
  );
  const { new: added, unchanged, reopened, closed } = stored;
  await context.log(`${added} new, ${unchanged} unchanged, ${reopened} reopened, ${closed} closed in ${assessmentName}.`);
  await context.progress(steps.finishing.percent, steps.finishing.text);
  const kept = await context.fenced((tx) => keepSummary(tx, importId, { parsed, stored }));
  const phoenixOrder = { assessment: { id: assessmentId, name: assessmentName }, rowsPath: work.file(rowsFile), workDirectory: work.path };
  const outcome = row.phoenix_api_url === null ? undefined : await sendToPhoenix(platform, kept, phoenixOrder, context);
  const result: ImportResult = {
    assets_imported: outcome?.assets.imported ?? parsed.assets,
    vulnerabilities_imported: outcome?.findings.imported ?? total,
    ...(outcome !== undefined && { batch_summary: JSON.stringify(summarizeBatches(outcome)) }),
  };
  await context.finish((tx) => completeImport(tx, importId, result, { scanner: parsed.scanner.id, findings: total, ...stored }, context));
}

/** From now on the findings are there, whatever becomes of the rest. */
async function keepSummary(tx: Tx, importId: string, { parsed, stored }: Outcome): Promise<ImportRow> {
  const before = await lockImport(tx, importId);
  if (before?.status !== 'processing') throw importChangedError();
  const { entries, mapped, findings, skipped, lost } = parsed.account;
  // An attempt before this one may have come as far: what it closed is closed already.
  const summary = before.summary ?? { entries, mapped, findings, skipped, lost, duplicates: parsed.duplicates, ...stored };
  await noteLastImport(tx, before.assessment_id!, importId);
  return updateImport(tx, importId, { summary: JSON.stringify(summary) });
}

/** The import of a task, at work now. Throws `IMPORT_CHANGED` when it is elsewhere: cancelled. */
async function beginImport(tx: Tx, importId: string, { requester, attempt, taskId }: TaskContext): Promise<ImportRow> {
  const before = await lockImport(tx, importId);
  if (before === undefined || (isEnded(before.status) && before.status !== 'failed')) throw importChangedError();
  const row = await updateImport(tx, importId, {
    status: 'processing',
    progress: steps.begun.percent,
    current_step: steps.begun.text,
    ...(before.started_at === null && { started_at: sql<Date>`now()` }),
    completed_at: null,
    error_code: null,
    error_message: null,
    worker_name: await findWorkerName(tx, taskId),
  });
  if (before.status !== 'processing') await announceState(tx, row, requester);
  await appendAudit(tx, { ...(requester ?? { userId: row.user_id }), action: 'import_started', details: { job_id: row.job_id, attempt } });
  return row;
}

async function findWorkerName(tx: Tx, taskId: string): Promise<string | null> {
  const task = await tx.selectFrom('tasks').select('lease_owner').where('id', '=', taskId).executeTakeFirst();
  return task?.lease_owner ?? null;
}

/** What was not understood would be taken for gone. */
function assertWhole({ import_type: type }: ImportRow, { account }: ParsedReport): void {
  const lost = Object.values(account.lost).reduce((sum, count) => sum + count, 0);
  if (type === 'delta' || lost === 0) return;
  throw new ImportError(
    'IMPORT_INCOMPLETE',
    `${lost} of ${account.entries} entries could not be understood, and import_type ${type} would close what they are about. Upload it with import_type delta.`,
  );
}

/** The same for every report of the scanner by that name: no date, or none would ever say what became of the findings of the one before. */
function nameAssessment({ filename }: ImportRow, { scanner }: ParsedReport): string {
  return `${scanner.name}-${parse(filename).name}`.slice(0, 256);
}

interface Outcome {
  readonly parsed: ParsedReport;
  readonly stored: Awaited<ReturnType<typeof storeFindings>>;
}

/** What is told of a job that has completed. */
type ImportResult = Partial<Pick<ImportRow, 'assets_imported' | 'vulnerabilities_imported'> & { readonly batch_summary: string }>;

async function completeImport(
  tx: Tx,
  importId: string,
  result: ImportResult,
  details: Readonly<Record<string, string | number>>,
  { requester }: TaskContext,
): Promise<void> {
  const before = await lockImport(tx, importId);
  if (before?.status !== 'processing') throw importChangedError();
  const row = await updateImport(tx, importId, {
    status: 'completed',
    progress: steps.completed.percent,
    current_step: steps.completed.text,
    completed_at: new Date(),
    batch_summary: null,
    ...result,
    sealed_phoenix_secret: null,
  });
  await announceState(tx, row, requester);
  await askCleanUp(tx, importId, requester);
  await appendAudit(tx, {
    ...(requester ?? { userId: row.user_id }),
    action: 'import_completed',
    details: { job_id: row.job_id, ...details },
  });
}
