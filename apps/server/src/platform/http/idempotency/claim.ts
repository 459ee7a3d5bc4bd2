import { createHash, randomUUIDv7 } from 'node:crypto';
import { sql } from 'kysely';
import type { Database, Tx } from '../../database/index.ts';
import { ApiError } from '../api-error.ts';

/** The answer that a repeated request gets. Its body is null when it showed a secret: of such an answer no copy is kept. */
export interface StoredAnswer {
  readonly status: number;
  readonly body: string | null;
}

/** Of an upload: what came in, in hexadecimal. It is part of the request, and known only when all of it was read. */
export type ReadDigest = () => Promise<string>;

/** The right to do what an idempotency key stands for, held until the answer is kept or the claim is given back. */
export interface HeldClaim {
  /** Whether an answer was kept in a transaction; whether that was committed is another question. */
  readonly isCompleted: boolean;
  /**
   * Keeps the answer; inside the transaction of the work itself, so that both are done or neither.
   *
   * @throws {ApiError} IDEMPOTENCY_RUNNING when another request holds the key now: this one slept longer than its claim lasts. What the
   *   transaction did is undone with it.
   */
  complete(tx: Tx, answer: StoredAnswer, uploadDigest?: string): Promise<void>;
  /** Holds it for longer, while the work goes on. */
  renew(tx: Tx): Promise<void>;
  /** Lets others have the key, unless an answer is kept. */
  release(tx: Tx): Promise<void>;
}

export type ClaimResult =
  | { readonly state: 'claimed'; readonly claim: HeldClaim }
  | { readonly state: 'done'; readonly answer: StoredAnswer }
  | { readonly state: 'running' }
  | { readonly state: 'reused' };

export interface ClaimedRequest {
  readonly key: string;
  /** Operation id. */
  readonly operation: string;
  /** Everything that makes two requests the same one, besides an upload. */
  readonly content: unknown;
  /** Asked only when an upload was done under the key before. */
  readonly readDigest?: ReadDigest;
}

const keptHours = 24;
// A process that died with a request left its claim behind: nobody renews it.
const heldSeconds = 10;
/** How often a claim is to be renewed. */
export const renewMilliseconds = 3000;
// Versions of this software before 0005 do not renew, and no request takes them this long.
const neverRenewedSeconds = 120;

/** Claims a key for a request of the tenant, or tells what became of it. */
export async function claimKey(database: Pick<Database, 'asTenant'>, tenantId: string, request: ClaimedRequest): Promise<ClaimResult> {
  const hashedKey = hashIdempotencyKey(tenantId, request.key);
  const requestHashes = hashRequest(request);
  const id = randomUUIDv7();
  const found = await database.asTenant(tenantId, async (tx) => {
    if (await insertClaim(tx, { id, hashedKey, operation: request.operation, requestHashes })) return 'claimed';
    return tx
      .selectFrom('idempotency_keys')
      .select(['operation', 'request_hash', 'response_status', 'response_body'])
      .where('key', '=', hashedKey)
      .executeTakeFirst();
  });
  if (found === 'claimed') return { state: 'claimed', claim: toClaim(id, request) };
  // Gone between the two statements: whoever held it gave it back, so the next try will have it.
  if (found === undefined) return { state: 'running' };
  const { operation, response_status: status, response_body: body } = found;
  if (operation !== request.operation) return { state: 'reused' };
  // An upload that runs is not all there yet: what it will be compared by is not known.
  const isDone = status !== null;
  const expected = isDone && request.readDigest !== undefined ? hashRequest(request, await request.readDigest()) : requestHashes;
  if (!expected.includes(found.request_hash)) return { state: 'reused' };
  return isDone ? { state: 'done', answer: { status, body: body?.toString('utf8') ?? null } } : { state: 'running' };
}

/** What is kept of a key: clients put order numbers and names into them. The same as `hash_idempotency_key` of the database. */
export function hashIdempotencyKey(tenantId: string, key: string): string {
  return `sha256:${createHash('sha256').update(`${tenantId} ${key}`).digest('hex')}`;
}

/** Ours, and the one of versions before 0009, for which the order of members made a difference: their claims stand for a day. */
function hashRequest({ operation, content }: ClaimedRequest, uploadDigest?: string): readonly [string, string] {
  const parts = [operation, content, ...(uploadDigest === undefined ? [] : [uploadDigest])];
  const hash = (text: string): string => createHash('sha256').update(text).digest('hex');
  return [hash(JSON.stringify(parts, sortMembers)), hash(JSON.stringify(parts))];
}

/** The same members in another order are the same JSON object. */
function sortMembers(_: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}

interface NewClaim {
  readonly id: string;
  readonly hashedKey: string;
  readonly operation: string;
  readonly requestHashes: readonly [string, string];
}

async function insertClaim(tx: Tx, { id, hashedKey, operation, requestHashes }: NewClaim): Promise<boolean> {
  const result = await sql`
    insert into idempotency_keys as held (id, key, operation, request_hash, expires_at, held_until)
    values (${id}, ${hashedKey}, ${operation}, ${requestHashes[0]}, now() + make_interval(hours => ${keptHours}), ${untilHeld})
    on conflict (tenant_id, key) do update
    set id = excluded.id, operation = excluded.operation, request_hash = excluded.request_hash, expires_at = excluded.expires_at,
        created_at = now(), response_status = null, response_body = null, held_until = excluded.held_until
    where held.expires_at < now()
       or held.response_status is null and held.request_hash = any(${[...requestHashes]}::text[])
          and coalesce(held.held_until, held.created_at + make_interval(secs => ${neverRenewedSeconds})) < now()
    returning id`.execute(tx);
  return result.rows.length > 0;
}

/** As long as it has this id, the row is ours: whoever takes the key over gives it another. */
function toClaim(id: string, request: ClaimedRequest): HeldClaim {
  let isCompleted = false;
  return {
    get isCompleted() {
      return isCompleted;
    },
    async complete(tx, { status, body }, uploadDigest) {
      const { numUpdatedRows } = await tx
        .updateTable('idempotency_keys')
        .set({
          response_status: status,
          response_body: body === null ? null : Buffer.from(body),
          ...(uploadDigest === undefined ? {} : { request_hash: hashRequest(request, uploadDigest)[0] }),
        })
        .where('id', '=', id)
        .where('response_status', 'is', null)
        .executeTakeFirstOrThrow();
      if (numUpdatedRows === 0n) throw runningError();
      isCompleted = true;
    },
    async renew(tx) {
      await tx.updateTable('idempotency_keys').set({ held_until: untilHeld }).where('id', '=', id).execute();
    },
    async release(tx) {
      await tx.deleteFrom('idempotency_keys').where('id', '=', id).where('response_status', 'is', null).execute();
    },
  };
}

const untilHeld = sql<Date>`now() + make_interval(secs => ${heldSeconds})`;

export function runningError(): ApiError {
  return new ApiError('IDEMPOTENCY_RUNNING', 'Another request with this idempotency key is running.', {
    headers: { 'retry-after': '2' },
  });
}
