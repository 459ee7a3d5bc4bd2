import { createHash, randomUUIDv7 } from 'node:crypto';
import { sql } from 'kysely';
import type { Database, Tx } from '../../database/index.ts';

/** The answer that a repeated request gets. Its body is null when it showed a secret: of such an answer no copy is kept. */
export interface StoredAnswer {
  readonly status: number;
  readonly body: string | null;
}

/** The right to do what an idempotency key stands for, held until the answer is kept or the claim is given back. */
export interface IdempotencyClaim {
  /** Keeps the answer; inside the transaction of the work itself, so that both are done or neither. Later calls change nothing. */
  complete(tx: Tx, answer: StoredAnswer): Promise<void>;
}

export type ClaimResult =
  | { readonly state: 'claimed'; readonly claim: IdempotencyClaim & { release(tx: Tx): Promise<void> } }
  | { readonly state: 'done'; readonly answer: StoredAnswer }
  | { readonly state: 'running' }
  | { readonly state: 'reused' };

export interface ClaimedRequest {
  readonly key: string;
  /** Operation id. */
  readonly operation: string;
  /** Everything that makes two requests the same one. */
  readonly content: unknown;
}

const keptHours = 24;
// A process that died with a request left its claim behind. No request takes this long.
const abandonedAfterSeconds = 120;

/** Claims a key for a request of the tenant, or tells what became of it. */
export async function claimKey(database: Pick<Database, 'asTenant'>, tenantId: string, request: ClaimedRequest): Promise<ClaimResult> {
  const requestHash = createHash('sha256')
    .update(JSON.stringify([request.operation, request.content]))
    .digest('hex');
  const id = randomUUIDv7();
  return database.asTenant(tenantId, async (tx): Promise<ClaimResult> => {
    if (await insertClaim(tx, { ...request, id, requestHash })) return { state: 'claimed', claim: toClaim(id) };

    const row = await tx
      .selectFrom('idempotency_keys')
      .select(['operation', 'request_hash', 'response_status', 'response_body'])
      .where('key', '=', request.key)
      .executeTakeFirst();
    // Gone between the two statements: whoever held it gave it back, so the next try will have it.
    if (row === undefined) return { state: 'running' };
    if (row.operation !== request.operation || row.request_hash !== requestHash) return { state: 'reused' };
    if (row.response_status === null) return { state: 'running' };
    return { state: 'done', answer: { status: row.response_status, body: row.response_body?.toString('utf8') ?? null } };
  });
}

interface NewClaim extends ClaimedRequest {
  readonly id: string;
  readonly requestHash: string;
}

async function insertClaim(tx: Tx, { id, key, operation, requestHash }: NewClaim): Promise<boolean> {
  const result = await sql`
    insert into idempotency_keys as held (id, key, operation, request_hash, expires_at)
    values (${id}, ${key}, ${operation}, ${requestHash}, now() + make_interval(hours => ${keptHours}))
    on conflict (tenant_id, key) do update
    set id = excluded.id, operation = excluded.operation, request_hash = excluded.request_hash, expires_at = excluded.expires_at,
        created_at = now(), response_status = null, response_body = null
    where held.expires_at < now()
       or held.response_status is null and held.request_hash = excluded.request_hash
          and held.created_at < now() - make_interval(secs => ${abandonedAfterSeconds})
    returning id`.execute(tx);
  return result.rows.length > 0;
}

function toClaim(id: string): IdempotencyClaim & { release(tx: Tx): Promise<void> } {
  return {
    async complete(tx, { status, body }) {
      await tx
        .updateTable('idempotency_keys')
        .set({ response_status: status, response_body: body === null ? null : Buffer.from(body) })
        .where('id', '=', id)
        .where('response_status', 'is', null)
        .execute();
    },
    async release(tx) {
      await tx.deleteFrom('idempotency_keys').where('id', '=', id).where('response_status', 'is', null).execute();
    },
  };
}
