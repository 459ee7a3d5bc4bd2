import { isScope } from '@deployguard/contracts';
import type { Scope } from '@deployguard/contracts';
import { sql } from 'kysely';
import type { Database } from '../database/index.ts';
import { hashApiKey } from './api-key-token.ts';

export interface ApiKeyIdentity {
  readonly apiKeyId: string;
  readonly tenantId: string;
  readonly userId: string;
  readonly scopes: ReadonlySet<Scope>;
}

interface KeyRow {
  readonly tenant_id: string;
  readonly id: string;
  readonly user_id: string;
  readonly scopes: readonly string[];
  readonly is_use_noted: boolean;
}

/** Whose valid key this is. A key that is unknown, revoked or expired is not found. Notes its use, at most once a minute. */
export async function findApiKey(database: Pick<Database, 'asTenant' | 'db'>, token: string): Promise<ApiKeyIdentity | undefined> {
  const { rows } = await sql<KeyRow>`
    select tenant_id, id, user_id, scopes, is_use_noted from find_api_key(${hashApiKey(token)})`.execute(database.db);
  const [row] = rows;
  if (row === undefined) return undefined;
  if (!row.is_use_noted) {
    await database.asTenant(row.tenant_id, (tx) =>
      tx
        .updateTable('api_keys')
        .set({ last_used_at: sql`now()` })
        .where('id', '=', row.id)
        .execute(),
    );
  }
  return { apiKeyId: row.id, tenantId: row.tenant_id, userId: row.user_id, scopes: new Set(row.scopes.filter(isScope)) };
}
