import { randomUUIDv7 } from 'node:crypto';
import type { Database } from '../database/index.ts';

/** The tenant of a user. Until teams exist, each user is one of their own. */
export type ResolveTenant = (userId: string) => Promise<string>;

const maxRemembered = 10_000;

/** Finds the tenant of a user, and makes it on first sight. A user's tenant never changes, so it is remembered. */
export function createTenantResolver(database: Pick<Database, 'asSystem'>): ResolveTenant {
  const remembered = new Map<string, string>();
  return async (userId) => {
    const known = remembered.get(userId);
    if (known !== undefined) return known;
    const tenantId = await findOrCreateTenant(database, userId);
    if (remembered.size >= maxRemembered) remembered.delete(remembered.keys().next().value!);
    remembered.set(userId, tenantId);
    return tenantId;
  };
}

async function findOrCreateTenant(database: Pick<Database, 'asSystem'>, userId: string): Promise<string> {
  return database.asSystem(async (tx) => {
    const find = tx.selectFrom('tenants').select('tenant_id').where('user_id', '=', userId);
    const found = await find.executeTakeFirst();
    if (found !== undefined) return found.tenant_id;
    const id = randomUUIDv7();
    // Another replica may be faster; then its row is the one that stays.
    await tx
      .insertInto('tenants')
      .values({ tenant_id: id, id, user_id: userId })
      .onConflict((conflict) => conflict.doNothing())
      .execute();
    return (await find.executeTakeFirstOrThrow()).tenant_id;
  });
}
