import { isScope } from '@deployguard/contracts';
import type { Scope } from '@deployguard/contracts';
import { sql } from 'kysely';
import type { Database } from '../database/index.ts';
import { hashApiKey } from './api-key-token.ts';

export interface ApiKeyIdentity {
  readonly tenantId: string;
  readonly userId: string;
  readonly scopes: ReadonlySet<Scope>;
}

const usageMinutes = 1;

/** Whose valid key this is. A key that is unknown, revoked or expired is not found. Notes its use, at most once a minute. */
export async function findApiKey(database: Pick<Database, 'asSystem' | 'asTenant'>, token: string): Promise<ApiKeyIdentity | undefined> {
  const row = await database.asSystem((tx) =>
    tx
      .selectFrom('api_keys')
      .select(['tenant_id', 'id', 'user_id', 'scopes'])
      .select(sql<boolean>`coalesce(last_used_at < now() - make_interval(mins => ${usageMinutes}), true)`.as('is_use_new'))
      .where('key_hash', '=', hashApiKey(token))
      .where('revoked_at', 'is', null)
      .where((where) => where.or([where('expires_at', 'is', null), where('expires_at', '>', sql<Date>`now()`)]))
      .executeTakeFirst(),
  );
  if (row === undefined) return undefined;
  if (row.is_use_new) {
    await database.asTenant(row.tenant_id, (tx) =>
      tx
        .updateTable('api_keys')
        .set({ last_used_at: sql`now()` })
        .where('id', '=', row.id)
        .execute(),
    );
  }
  return { tenantId: row.tenant_id, userId: row.user_id, scopes: new Set(row.scopes.filter(isScope)) };
}
