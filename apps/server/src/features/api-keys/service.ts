import { randomUUIDv7 } from 'node:crypto';
import type { ApiKey, ApiKeyWithSecret, BodyOf, QueryOf, operations } from '@deployguard/contracts';
import { isScope } from '@deployguard/contracts';
import { appendAudit } from '../../platform/audit/index.ts';
import { createApiKeyToken, hashApiKey, prefixOfApiKey } from '../../platform/auth/index.ts';
import type { Database, Tx } from '../../platform/database/index.ts';
import { ApiError, auditFieldsOf, buildPage, notFoundError, parsePage } from '../../platform/http/index.ts';
import type { Caller, RequestClaim } from '../../platform/http/index.ts';
import { countApiKeys, endApiKeys, findApiKey, handOverMade, insertApiKey, listApiKeys, lockApiKeys, replaceApiKey } from './queries.ts';
import type { ApiKeyRow } from './queries.ts';

export function createApiKeyService(database: Pick<Database, 'asTenant'>) {
  const inTenant = <T>({ actor }: Caller, work: (tx: Tx) => Promise<T>): Promise<T> => database.asTenant(actor.tenantId, work);

  return {
    async create(caller: Caller, body: BodyOf<typeof operations.createApiKey>, idempotency?: RequestClaim): Promise<ApiKeyWithSecret> {
      assertMayGrant(caller, body.scopes);
      return inTenant(caller, async (tx) => {
        const maker = await findMaker(tx, caller);
        const made = await makeApiKey(tx, body, auditFieldsOf(caller), maker);
        await idempotency?.complete(tx, made);
        return made;
      });
    },

    async list(caller: Caller, query: QueryOf<typeof operations.listApiKeys>) {
      const page = parsePage(query);
      return inTenant(caller, async (tx) => {
        const rows = await listApiKeys(tx, page);
        return { ...buildPage(rows, page, toApiKey), ...(page.offset === undefined ? {} : { total: await countApiKeys(tx) }) };
      });
    },

    async get(caller: Caller, id: string): Promise<ApiKey> {
      return toApiKey(await inTenant(caller, (tx) => getRow(tx, id)));
    },

    /**
     * The new key may do what the old one may and lasts as long, so the caller must be able to grant that too. What the old key made is the
     * new one's. A key that rotates another one has made its successor: it was shown to whoever has that key.
     */
    async rotate(
      caller: Caller,
      id: string,
      { overlap_seconds: seconds = 0 }: BodyOf<typeof operations.rotateApiKey>,
      idempotency?: RequestClaim,
    ): Promise<ApiKeyWithSecret> {
      const key = createApiKeyToken();
      return inTenant(caller, async (tx) => {
        const maker = await findMaker(tx, caller);
        const old = await getRow(tx, id, { forUpdate: true });
        assertMayGrant(caller, old.scopes);
        assertEndsWith(maker, old.expires_at);
        if (!isUsable(old) || old.replaced_by !== null) {
          throw new ApiError('ILLEGAL_STATE', 'This key was revoked, has expired, or was rotated before. Make a new one.');
        }
        const created = await insertApiKey(tx, {
          id: randomUUIDv7(),
          user_id: old.user_id,
          name: old.name,
          scopes: old.scopes,
          expires_at: old.expires_at,
          prefix: prefixOfApiKey(key),
          key_hash: hashApiKey(key),
          made_by: maker === undefined || maker.id === id ? old.made_by : maker.id,
        });
        await replaceApiKey(tx, { id, replacedBy: created.id, overlapSeconds: seconds });
        await handOverMade(tx, id, created.id);
        await appendAudit(tx, {
          action: 'api_key_rotated',
          details: { api_key_id: id, replaced_by: created.id, overlap_seconds: seconds, made_by: created.made_by },
          ...auditFieldsOf(caller),
        });
        const made = { api_key: toApiKey(created), key };
        await idempotency?.complete(tx, made);
        return made;
      });
    },

    /** With all that was made with it. Revoking twice is no error: the key is as revoked as it was. */
    async revoke(caller: Caller, id: string): Promise<ApiKey> {
      return inTenant(caller, async (tx) => {
        await lockApiKeys(tx);
        await getRow(tx, id);
        for (const { id: endedId, name, made_by: madeBy } of await endApiKeys(tx, id)) {
          const details = { api_key_id: endedId, name, ...(endedId === id ? {} : { made_by: madeBy, revoked_with: id }) };
          await appendAudit(tx, { action: 'api_key_revoked', details, ...auditFieldsOf(caller) });
        }
        return toApiKey(await getRow(tx, id));
      });
    },
  };
}

/** Makes a key, and notes who did, and with which key. One that is made with a key that expires ends with it, or sooner. */
export async function makeApiKey(
  tx: Tx,
  { name, scopes, expires_in_days: days }: BodyOf<typeof operations.createApiKey>,
  auditFields: { readonly userId: string; readonly ip?: string; readonly requestId?: string },
  maker?: ApiKeyRow,
): Promise<ApiKeyWithSecret> {
  const expiresAt = days === undefined ? (maker?.expires_at ?? null) : new Date(Date.now() + days * 86_400_000);
  assertEndsWith(maker, expiresAt);
  const key = createApiKeyToken();
  const created = await insertApiKey(tx, {
    id: randomUUIDv7(),
    user_id: auditFields.userId,
    name,
    scopes,
    expires_at: expiresAt,
    prefix: prefixOfApiKey(key),
    key_hash: hashApiKey(key),
    made_by: maker?.id ?? null,
  });
  const details = { api_key_id: created.id, name, scopes, expires_at: expiresAt, made_by: created.made_by };
  await appendAudit(tx, { action: 'api_key_created', details, ...auditFields });
  return { api_key: toApiKey(created), key };
}

/** Nobody hands out more than they have. */
function assertMayGrant({ actor }: Caller, scopes: readonly string[]): void {
  const missing = scopes.find((scope) => !isScope(scope) || !actor.scopes.has(scope));
  if (missing !== undefined) throw new ApiError('FORBIDDEN', `These credentials lack the scope ${missing}, so they cannot grant it.`);
}

/** The key that the caller came with. Whoever revokes it meanwhile comes before or after: then it makes nothing any more. */
async function findMaker(tx: Tx, { actor: { apiKeyId } }: Caller): Promise<ApiKeyRow | undefined> {
  await lockApiKeys(tx);
  if (apiKeyId === undefined) return undefined;
  const row = await findApiKey(tx, apiKeyId, {});
  if (row === undefined || !isUsable(row)) throw new ApiError('FORBIDDEN', 'This key has ended, so it makes no other one.');
  return row;
}

/** Nobody prolongs the access that they have. */
function assertEndsWith(maker: ApiKeyRow | undefined, expiresAt: Date | null): void {
  if (maker === undefined || maker.expires_at === null || (expiresAt !== null && expiresAt <= maker.expires_at)) return;
  const end = maker.expires_at.toISOString();
  throw new ApiError('FORBIDDEN', `These credentials end at ${end}, so they cannot make, or rotate, a key that lasts longer.`);
}

async function getRow(tx: Tx, id: string, options: { readonly forUpdate?: boolean } = {}): Promise<ApiKeyRow> {
  const row = await findApiKey(tx, id, options);
  if (row === undefined) throw notFoundError('API key');
  return row;
}

function isUsable({ revoked_at, expires_at }: ApiKeyRow): boolean {
  return revoked_at === null && (expires_at === null || expires_at > new Date());
}

function toApiKey(row: ApiKeyRow): ApiKey {
  return {
    id: row.id,
    name: row.name,
    prefix: row.prefix,
    scopes: row.scopes.filter(isScope),
    user_id: row.user_id,
    created_at: row.created_at.toISOString(),
    expires_at: row.expires_at?.toISOString() ?? null,
    last_used_at: row.last_used_at?.toISOString() ?? null,
    revoked_at: row.revoked_at?.toISOString() ?? null,
    made_by: row.made_by,
  };
}
