import { randomUUIDv7 } from 'node:crypto';
import { Readable } from 'node:stream';
import type { Source, operations } from '@deployguard/contracts';
import type { Platform } from '../../feature.ts';
import { appendAudit, systemActor } from '../../platform/audit/index.ts';
import { ApiError, auditFieldsOf, notFoundError } from '../../platform/http/index.ts';
import type { Call, Caller } from '../../platform/http/index.ts';
import { sealStorage } from '../../platform/storage/index.ts';
import { endSource } from './end-source.ts';
import { deleteUnusedSources, insertSource, isAwaited, listExpiredSources, lockSource } from './queries.ts';
import type { SourceRow } from './queries.ts';

type CreateSource = typeof operations.createSource;

export function createSourceService(platform: Platform) {
  return {
    /** Stores a bundle as it comes, sealed: a history with secrets in it. Nothing of it is looked at here but its first line. */
    async create(
      caller: Caller,
      body: Readable,
      { signal, idempotency }: Pick<Call<CreateSource>, 'signal' | 'idempotency'>,
    ): Promise<Source> {
      const { database, storage, keyring, config } = platform;
      const id = randomUUIDv7();
      const key = `sources/${id}.bundle`;
      const { bytes, sha256 } = await sealStorage(storage, keyring).put(key, Readable.from(passBundle(body), { objectMode: false }));
      try {
        signal.throwIfAborted();
        return await database.asTenant(caller.actor.tenantId, async (tx) => {
          const row = await insertSource(tx, {
            id,
            user_id: caller.actor.userId,
            name: `${id}.bundle`,
            storage_key: key,
            bytes,
            sha256,
            expires_at: new Date(Date.now() + config.jobs.expireAfterDays * 86_400_000),
          });
          const source = toSource(row);
          await idempotency?.complete(tx, source);
          await appendAudit(tx, { action: 'source_uploaded', details: { source_id: id, bytes, sha256 }, ...auditFieldsOf(caller) });
          return source;
        });
      } catch (error) {
        await storage.remove(key);
        throw error;
      }
    },

    /** Its file goes soon after. What has still to be read is not taken away. */
    async remove(caller: Caller, id: string): Promise<Source> {
      return platform.database.asTenant(caller.actor.tenantId, async (tx) => {
        const source = await lockSource(tx, id);
        if (source === undefined) throw notFoundError('source');
        if (await isAwaited(tx, id)) {
          throw new ApiError('ILLEGAL_STATE', 'A job or deployment has still to read this upload. Wait for it, or delete that first.');
        }
        return toSource(await endSource(tx, source, auditFieldsOf(caller)));
      });
    },

    async expire(signal: AbortSignal): Promise<void> {
      const { database, storage } = platform;
      const tenants = await database.asSystem((tx) => tx.selectFrom('tenants').select('tenant_id').execute());
      for (const { tenant_id: tenantId } of tenants) {
        if (signal.aborted) return;
        for (const { id, storage_key: key } of await database.asTenant(tenantId, listExpiredSources)) {
          // It went before, and a job still names it.
          if (!(await storage.has(key))) continue;
          await storage.remove(key);
          await database.asTenant(tenantId, (tx) =>
            appendAudit(tx, { ...systemActor, action: 'source_expired', details: { source_id: id } }),
          );
        }
        await database.asTenant(tenantId, deleteUnusedSources);
      }
    },
  };
}

function toSource({ id, bytes, sha256, created_at: createdAt, expires_at: expiresAt }: SourceRow): Source {
  return { id, bytes, sha256, created_at: createdAt.toISOString(), expires_at: expiresAt.toISOString() };
}

/** Passes an upload on, and stops it at once when it is no bundle (gitformat-bundle(5)). */
async function* passBundle(body: Readable): AsyncGenerator<Buffer> {
  let head: Buffer | undefined = Buffer.alloc(0);
  for await (const chunk of body as AsyncIterable<Buffer>) {
    if (head === undefined) {
      yield chunk;
      continue;
    }
    head = Buffer.concat([head, chunk]);
    if (head.length < signatureBytes) continue;
    assertBundle(head);
    yield head;
    head = undefined;
  }
  if (head !== undefined) assertBundle(head);
}

const signatureBytes = 16;

function assertBundle(head: Buffer): void {
  if (/^# v[23] git bundle\n/.test(head.toString('latin1', 0, signatureBytes))) return;
  const message = 'is no git bundle; make one with "git bundle create repository.bundle --all"';
  throw new ApiError('INVALID', `The body ${message}.`, { errors: [{ in: 'body', path: '', message }] });
}
