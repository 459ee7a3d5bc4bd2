import { randomUUIDv7 } from 'node:crypto';
import type { AnswerOf, ReportUpload, operations } from '@deployguard/contracts';
import type { Platform } from '../../feature.ts';
import { appendAudit } from '../../platform/audit/index.ts';
import type { Tx } from '../../platform/database/index.ts';
import { ApiError, auditFieldsOf, notFoundError } from '../../platform/http/index.ts';
import type { Call, Caller } from '../../platform/http/index.ts';
import { sealStorage } from '../../platform/storage/index.ts';
import { buildPartKey, buildReportFolder } from './storage-keys.ts';
import { deleteUpload, findUpload, insertUpload, listParts, lockUpload, putPart, sumOtherParts } from './upload-queries.ts';
import type { UploadRow } from './upload-queries.ts';

type Ops = typeof operations;

/** What people do with reports that they upload in parts. */
export function createReportUploadService(platform: Platform) {
  const inTenant = <T>({ actor }: Caller, work: (tx: Tx) => Promise<T>): Promise<T> => platform.database.asTenant(actor.tenantId, work);

  return {
    async start({ caller, body, idempotency }: Call<Ops['startReportUpload']>): Promise<ReportUpload> {
      const id = randomUUIDv7();
      return inTenant(caller, async (tx) => {
        const expiresAt = new Date(Date.now() + platform.config.imports.expireAfterDays * 86_400_000);
        const row = await insertUpload(tx, { id, user_id: caller.actor.userId, file_name: body.file_name, expires_at: expiresAt });
        const upload = await toAnswer(tx, row);
        await idempotency?.complete(tx, upload);
        await appendAudit(tx, {
          ...auditFieldsOf(caller),
          action: 'report_upload_started',
          details: { upload_id: id, file: body.file_name },
        });
        return upload;
      });
    },

    async get(caller: Caller, id: string): Promise<ReportUpload> {
      return inTenant(caller, async (tx) => toAnswer(tx, (await findUpload(tx, id)) ?? fail()));
    },

    /** Stores a part as it comes, sealed; the one that was there before goes when this one is there. */
    async put({ caller, params, body, signal }: Call<Ops['putReportPart']>): Promise<AnswerOf<Ops['putReportPart']>> {
      const { upload_id: id, number } = params;
      await inTenant(caller, async (tx) => assertOpen((await findUpload(tx, id)) ?? fail()));
      const { storage, keyring, config } = platform;
      const key = buildPartKey(id, number);
      let replaced: string | undefined;
      try {
        const { bytes, sha256 } = await sealStorage(storage, keyring).put(key, body);
        signal.throwIfAborted();
        replaced = await inTenant(caller, async (tx) => {
          assertOpen((await lockUpload(tx, id)) ?? fail());
          const most = config.imports.maxReportBytes;
          if ((await sumOtherParts(tx, id, number)) + bytes > most)
            throw new ApiError('BODY_TOO_LARGE', `The report is larger than ${most} bytes, which is the most that is taken.`);
          return putPart(tx, { id: randomUUIDv7(), upload_id: id, number, storage_key: key, bytes, sha256 });
        });
        return { number, bytes, sha256 };
      } catch (error) {
        replaced = key;
        throw error;
      } finally {
        if (replaced !== undefined) await storage.remove(replaced);
      }
    },

    async cancel(caller: Caller, id: string): Promise<void> {
      await inTenant(caller, async (tx) => {
        assertOpen((await lockUpload(tx, id)) ?? fail());
        await deleteUpload(tx, id);
        await appendAudit(tx, { ...auditFieldsOf(caller), action: 'report_upload_cancelled', details: { upload_id: id } });
      });
      await platform.storage.remove(buildReportFolder(id));
    },
  };
}

async function toAnswer(tx: Tx, { id, file_name, created_at, expires_at }: UploadRow): Promise<ReportUpload> {
  const parts = (await listParts(tx, id)).map(({ number, bytes, sha256 }) => ({ number, bytes, sha256 }));
  return {
    upload_id: id,
    file_name,
    bytes: parts.reduce((sum, { bytes }) => sum + bytes, 0),
    parts,
    created_at: created_at.toISOString(),
    expires_at: expires_at.toISOString(),
  };
}

/** An upload that an import reads does not change any more. */
function assertOpen({ import_id: importId }: UploadRow): void {
  if (importId !== null) throw new ApiError('ILLEGAL_STATE', 'The report was handed over to a job already.');
}

function fail(): never {
  throw notFoundError('upload');
}
