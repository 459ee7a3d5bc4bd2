import { sql } from 'kysely';
import type { Insertable, Selectable } from 'kysely';
import type { Schema, Tx } from '../../platform/database/index.ts';
import type { PageRequest } from '../../platform/http/index.ts';

export type ApiKeyRow = Omit<Selectable<Schema['api_keys']>, 'key_hash'>;

const columns = [
  'tenant_id',
  'id',
  'user_id',
  'name',
  'prefix',
  'scopes',
  'created_at',
  'expires_at',
  'last_used_at',
  'revoked_at',
  'replaced_by',
  'made_by',
] as const;

export async function insertApiKey(tx: Tx, row: Insertable<Schema['api_keys']>): Promise<ApiKeyRow> {
  return tx.insertInto('api_keys').values(row).returning(columns).executeTakeFirstOrThrow();
}

/** `forUpdate` lets one of several that change the key go first. */
export async function findApiKey(
  tx: Tx,
  id: string,
  { forUpdate = false }: { readonly forUpdate?: boolean },
): Promise<ApiKeyRow | undefined> {
  return tx
    .selectFrom('api_keys')
    .select(columns)
    .where('id', '=', id)
    .$if(forUpdate, (query) => query.forUpdate())
    .executeTakeFirst();
}

/** One more than the limit, newest first. */
export async function listApiKeys(tx: Tx, { limit, offset, afterId }: PageRequest): Promise<ApiKeyRow[]> {
  return tx
    .selectFrom('api_keys')
    .select(columns)
    .$if(afterId !== undefined, (query) => query.where('id', '<', afterId!))
    .orderBy('id', 'desc')
    .limit(limit + 1)
    .offset(offset ?? 0)
    .execute();
}

export async function countApiKeys(tx: Tx): Promise<number> {
  const { count } = await tx
    .selectFrom('api_keys')
    .select((row) => row.fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow();
  return count;
}

/** Lets a key end after the overlap, unless it ends sooner anyway, and notes what took over. */
export async function replaceApiKey(
  tx: Tx,
  { id, replacedBy, overlapSeconds }: { id: string; replacedBy: string; overlapSeconds: number },
): Promise<void> {
  await tx
    .updateTable('api_keys')
    .set({ replaced_by: replacedBy, expires_at: sql<Date>`least(expires_at, now() + make_interval(secs => ${overlapSeconds}))` })
    .where('id', '=', id)
    .execute();
}

/** What a key has made is from now on its successor's: those who have that one are the same. */
export async function handOverMade(tx: Tx, from: string, to: string): Promise<void> {
  await tx.updateTable('api_keys').set({ made_by: to }).where('made_by', '=', from).where('id', '<>', to).execute();
}

/** Deletes keys that expired or were revoked long ago; the audit log remembers them. Returns how many there were. */
export async function forgetApiKeys(tx: Tx, endedBeforeDays: number, limit: number): Promise<number> {
  const { numDeletedRows } = await tx
    .deleteFrom('api_keys')
    .where('id', 'in', (query) =>
      query
        .selectFrom('api_keys as old')
        .select('old.id')
        .where(sql<boolean>`least(old.revoked_at, old.expires_at) < now() - make_interval(days => ${endedBeforeDays})`)
        .limit(limit),
    )
    .executeTakeFirst();
  return Number(numDeletedRows);
}

/**
 * Revokes a key and all that was made with it, by it or by those, as far as they are not revoked. Whoever held the key holds them. Tells which.
 */
export async function endApiKeys(tx: Tx, id: string): Promise<ApiKeyRow[]> {
  const { rows } = await sql<{ id: string }>`
    with recursive made as (
      select id from api_keys where tenant_id = current_tenant() and id = ${id}
      union
      select api_keys.id from api_keys join made on api_keys.made_by = made.id where api_keys.tenant_id = current_tenant()
    )
    select id from made`.execute(tx);
  return tx
    .updateTable('api_keys')
    .set({ revoked_at: sql<Date>`now()` })
    .where(
      'id',
      'in',
      rows.map((row) => row.id),
    )
    .where('revoked_at', 'is', null)
    .returning(columns)
    .execute();
}

/** Lets one after the other change who has made what. */
export async function lockApiKeys(tx: Tx): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended('api_keys ' || current_tenant()::text, 0))`.execute(tx);
}
