import { randomUUIDv7 } from 'node:crypto';
import type { QueryOf, ReportAccepted, ReportImportDetails, operations } from '@deployguard/contracts';
import { loadReader } from '@deployguard/reports';
import type { Platform } from '../../feature.ts';
import { appendAudit } from '../../platform/audit/index.ts';
import type { Tx } from '../../platform/database/index.ts';
import { ApiError, auditFieldsOf, notFoundError, readForm } from '../../platform/http/index.ts';
import type { Call, Caller } from '../../platform/http/index.ts';
import type { Keyring } from '../../platform/keyring/index.ts';
import { sealStorage } from '../../platform/storage/index.ts';
import { cancelTask, enqueueTask } from '../../platform/tasks/index.ts';
import { insertImportWebhook } from '../webhooks/index.ts';
import { announceState } from './announce-state.ts';
import { askCleanUp } from './clean-up.ts';
import { sealPhoenixSecret } from './connect-to-phoenix.ts';
import { importKind } from './kinds.ts';
import type { ImportInput } from './kinds.ts';
import { invalidField, parseFields } from './parse-fields.ts';
import type { UploadFields } from './parse-fields.ts';
import { pickProcessingOptions } from './processing-options.ts';
import { countImports, findImport, insertImport, listImports, listLog, listLogLines, lockImport, updateImport } from './queries.ts';
import type { ImportRow } from './queries.ts';
import { isEnded, steps } from './states.ts';
import { buildReportFolder, buildReportKey } from './storage-keys.ts';
import { toReportImport } from './to-answer.ts';
import { listParts, lockUpload, takeUpload } from './upload-queries.ts';

type Ops = typeof operations;
type Upload = Call<Ops['uploadReport']>;

const linesShown = 50;

/** What people do with uploads. */
export function createImportService(platform: Platform) {
  const inTenant = <T>({ actor }: Caller, work: (tx: Tx) => Promise<T>): Promise<T> => platform.database.asTenant(actor.tenantId, work);

  /** Stores the report as it comes, sealed: what scanners quote may be secret. Then everything that was asked for with it is checked. */
  async function receive(id: string, { body, contentType }: Upload): Promise<{ fields: UploadFields; fileName: string; bytes: number }> {
    const key = buildReportKey(id);
    let name: string | undefined;
    let bytes = 0;
    const texts = await readForm(body, contentType, async ({ field, fileName, content }) => {
      if (field !== 'file') throw invalidField(field, 'is no field for a file');
      name = fileName;
      ({ bytes } = await sealStorage(platform.storage, platform.keyring).put(key, content));
    });
    const fields = parseFields(texts);
    if (fields.upload_id === undefined && name === undefined) throw invalidField('file', 'is missing');
    if (fields.upload_id !== undefined && name !== undefined)
      throw invalidField('upload_id', 'stands in the place of the file, not beside it');
    await assertKnownScanner(fields, fields.upload_id === undefined ? bytes : undefined);
    return { fields, fileName: toFileName(name ?? ''), bytes };
  }

  return {
    async upload(call: Upload): Promise<ReportAccepted> {
      const { caller, signal, idempotency, reachedAt } = call;
      const id = randomUUIDv7();
      try {
        const received = await receive(id, call);
        signal.throwIfAborted();
        return await inTenant(caller, async (tx) => {
          const row = await insertUpload(tx, platform, caller, { id, ...received });
          const accepted: ReportAccepted = {
            job_id: row.job_id,
            status: 'queued',
            message: 'The report is queued. Follow it at websocket_url.',
            created_at: row.created_at.toISOString(),
            websocket_url: `${(platform.config.http.publicUrl ?? reachedAt).replace(/^http/, 'ws').replace(/(?<!\/)\/+$/, '')}/ws/${row.job_id}`,
          };
          await idempotency?.complete(tx, accepted);
          return accepted;
        });
      } catch (error) {
        await platform.storage.remove(buildReportKey(id));
        throw error;
      }
    },

    async list(caller: Caller, { page = 1, page_size: size = 50, status }: QueryOf<Ops['listImports']>) {
      return inTenant(caller, async (tx) => ({
        total: await countImports(tx, status),
        jobs: (await listImports(tx, { status, limit: size, offset: (page - 1) * size })).map(toReportImport),
        page,
        page_size: size,
      }));
    },

    async get(caller: Caller, jobId: string): Promise<ReportImportDetails> {
      return inTenant(caller, async (tx) => {
        const row = await getImport(tx, jobId);
        return { ...toReportImport(row), recent_logs: await listLogLines(tx, row.id, linesShown) };
      });
    },

    async listLogs(caller: Caller, jobId: string, { after = 0, limit = 200 }: QueryOf<Ops['listImportLogs']>) {
      return inTenant(caller, async (tx) => {
        const { id } = await getImport(tx, jobId);
        const rows = await listLog(tx, id, after, limit + 1);
        const lines = rows.slice(0, limit).map(({ sequence, line, created_at: at }) => ({
          sequence,
          timestamp: at.toISOString(),
          level: 'INFO' as const,
          message: line,
        }));
        return { job_id: jobId, lines, next_after: rows.length > limit ? lines.at(-1)!.sequence : null };
      });
    },

    async find(caller: Caller, jobId: string): Promise<ImportRow> {
      return inTenant(caller, (tx) => getImport(tx, jobId));
    },

    /** Stops what is under way. What it stored goes. */
    async cancel(caller: Caller, jobId: string): Promise<void> {
      const requester = auditFieldsOf(caller);
      await inTenant(caller, async (tx) => {
        const { id, task_id: taskId } = await getImport(tx, jobId);
        // Workers lock in this order: the task, then what it is for.
        await cancelTask(tx, taskId!);
        const { status } = (await lockImport(tx, id)) ?? fail();
        if (isEnded(status)) throw new ApiError('ALREADY_ENDED', `Cannot cancel job in status: ${status}`);
        const row = await updateImport(tx, id, {
          status: 'cancelled',
          progress: steps.cancelled.percent,
          current_step: steps.cancelled.text,
          completed_at: new Date(),
          error_message: 'Cancelled by a user.',
          sealed_phoenix_secret: null,
        });
        await announceState(tx, row, requester);
        await askCleanUp(tx, id, requester);
        await appendAudit(tx, { ...requester, action: 'import_cancelled', details: { job_id: jobId, status } });
      });
    },
  };
}

export type ImportService = ReturnType<typeof createImportService>;

interface NewUpload {
  readonly id: string;
  readonly fields: UploadFields;
  readonly fileName: string;
  readonly bytes: number;
}

/** Takes a report that was uploaded in parts, all of which must be there. */
async function takeParts(
  tx: Tx,
  uploadId: string,
  importId: string,
): Promise<Pick<NewUpload, 'fileName' | 'bytes'> & { readonly key: string }> {
  const upload = await lockUpload(tx, uploadId);
  if (upload === undefined) throw invalidField('upload_id', 'names no upload');
  if (upload.import_id !== null) throw invalidField('upload_id', 'was handed over already');
  const parts = await listParts(tx, uploadId);
  const missing = parts.findIndex(({ number }, index) => number !== index + 1);
  if (parts.length === 0 || missing !== -1) throw invalidField('upload_id', `lacks part ${missing === -1 ? 1 : missing + 1}`);
  await takeUpload(tx, uploadId, importId);
  const bytes = parts.reduce((sum, part) => sum + part.bytes, 0);
  return { fileName: toFileName(upload.file_name), bytes, key: buildReportFolder(uploadId) };
}

/** Everything in one transaction: the import, its task, the doorbell, the event and the audit entry, or nothing. */
async function insertUpload(tx: Tx, { keyring }: Platform, caller: Caller, given: NewUpload): Promise<ImportRow> {
  const { id, fields } = given;
  const parts = fields.upload_id === undefined ? undefined : await takeParts(tx, fields.upload_id, id);
  const { fileName, bytes } = parts ?? given;
  const { scanner_type: scanner, webhook_url: url, webhook_secret: secret, headers } = fields;
  const requester = auditFieldsOf(caller);
  const taskId = randomUUIDv7();
  const row = await insertImport(tx, {
    id,
    job_id: `job-${id.slice(-12)}`,
    user_id: caller.actor.userId,
    filename: fileName,
    file_path: parts?.key ?? buildReportKey(id),
    file_size_bytes: bytes,
    scanner_type: scanner === undefined || scanner === 'auto' ? null : scanner,
    asset_type: fields.asset_type ?? null,
    assessment_name: fields.assessment_name ?? null,
    import_type: fields.import_type!,
    current_step: steps.queued.text,
    task_id: taskId,
    ...toPhoenixColumns(keyring, id, fields),
  });
  if (url !== undefined) {
    const key = secret === undefined ? undefined : Buffer.from(secret.slice('whsec_'.length), 'base64');
    await insertImportWebhook(tx, keyring, { importId: id, userId: caller.actor.userId, url, headers, secret: key });
  }
  await enqueueTask(tx, importKind, { importId: id } satisfies ImportInput, { id: taskId, subject: id, requester });
  await announceState(tx, row, requester);
  const details = { job_id: row.job_id, file: fileName, bytes, import_type: row.import_type, assessment_name: row.assessment_name };
  await appendAudit(tx, { ...requester, action: 'report_uploaded', details });
  return row;
}

function toPhoenixColumns(keyring: Keyring, id: string, fields: UploadFields) {
  const { phoenix_api_url: url, phoenix_client_id: clientId, phoenix_client_secret: secret } = fields;
  if (url === undefined || clientId === undefined || secret === undefined) return {};
  return {
    phoenix_api_url: url,
    phoenix_client_id: clientId,
    sealed_phoenix_secret: sealPhoenixSecret(keyring, id, secret),
    processing_options: JSON.stringify(pickProcessingOptions(fields)),
  };
}

/** Without bytes it is not known yet. */
async function assertKnownScanner({ scanner_type: scanner = 'auto' }: UploadFields, bytes: number | undefined): Promise<void> {
  if (scanner === 'auto') {
    if (bytes === 0) throw invalidField('file', 'is empty; say with scanner_type whose report it is');
  } else if ((await loadReader()).findFormat(scanner) === undefined) {
    throw invalidField('scanner_type', 'names no scanner that is known here; `deployguard report formats` lists them');
  }
}

/** For people only; nothing is ever stored under it. */
function toFileName(text: string): string {
  return (
    text
      .toWellFormed()
      .replaceAll(/[\p{Cc}\p{Cf}]/gu, '')
      .slice(-512) || 'report'
  );
}

async function getImport(tx: Tx, jobId: string): Promise<ImportRow> {
  return (await findImport(tx, jobId)) ?? fail();
}

function fail(): never {
  throw notFoundError('job');
}
