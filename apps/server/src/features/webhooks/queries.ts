import { sql } from 'kysely';
import type { Insertable, Selectable, UpdateObject, Updateable } from 'kysely';
import type { Schema, Tx } from '../../platform/database/index.ts';
import type { PageRequest } from '../../platform/http/index.ts';

export type EndpointRow = Selectable<Schema['webhook_endpoints']>;
export type DeliveryRow = Selectable<Schema['webhook_deliveries']>;

export async function insertEndpoint(tx: Tx, row: Insertable<Schema['webhook_endpoints']>): Promise<EndpointRow> {
  return tx.insertInto('webhook_endpoints').values(row).returningAll().executeTakeFirstOrThrow();
}

/** `forUpdate` lets one of several that change it go first. */
export async function findEndpoint(
  tx: Tx,
  id: string,
  { forUpdate = false }: { readonly forUpdate?: boolean } = {},
): Promise<EndpointRow | undefined> {
  return tx
    .selectFrom('webhook_endpoints')
    .selectAll()
    .where('id', '=', id)
    .$if(forUpdate, (query) => query.forUpdate())
    .executeTakeFirst();
}

/** One more than the limit, newest first. */
export async function listEndpoints(tx: Tx, { limit, offset, afterId }: PageRequest): Promise<EndpointRow[]> {
  return tx
    .selectFrom('webhook_endpoints')
    .selectAll()
    .where('import_id', 'is', null)
    .$if(afterId !== undefined, (query) => query.where('id', '<', afterId!))
    .orderBy('id', 'desc')
    .limit(limit + 1)
    .offset(offset ?? 0)
    .execute();
}

export async function countEndpoints(tx: Tx): Promise<number> {
  const { count } = await tx
    .selectFrom('webhook_endpoints')
    .select((row) => row.fn.countAll<number>().as('count'))
    .where('import_id', 'is', null)
    .executeTakeFirstOrThrow();
  return count;
}

export async function updateEndpoint(
  tx: Tx,
  id: string,
  change: Updateable<Schema['webhook_endpoints']>,
): Promise<EndpointRow | undefined> {
  return tx
    .updateTable('webhook_endpoints')
    .set({ ...change, updated_at: sql<Date>`now()` })
    .where('id', '=', id)
    .returningAll()
    .executeTakeFirst();
}

/** Those that events are signed with now, the newest first. */
export async function listSigningSecrets(tx: Tx, id: string): Promise<Buffer[]> {
  const { rows } = await sql<{ secret: Buffer }>`
    select secret from webhook_endpoints, unnest(sealed_secrets, secrets_end_at) with ordinality as each (secret, ends_at, place)
    where tenant_id = current_tenant() and id = ${id} and (ends_at is null or ends_at > now()) order by place`.execute(tx);
  return rows.map(({ secret }) => secret);
}

/** Puts a secret before the others, which end after so many seconds if they do not end sooner. */
export async function addSecret(tx: Tx, id: string, sealed: Buffer, overlapSeconds: number): Promise<EndpointRow | undefined> {
  const { rows } = await sql<{ id: string }>`
    with kept as (
      select coalesce(array_agg(secret order by place), '{}') as secrets,
        coalesce(array_agg(least(ends_at, now() + make_interval(secs => ${overlapSeconds})) order by place), '{}') as ends
      from webhook_endpoints, unnest(sealed_secrets, secrets_end_at) with ordinality as each (secret, ends_at, place)
      where tenant_id = current_tenant() and id = ${id} and ${overlapSeconds} > 0 and (ends_at is null or ends_at > now())
    )
    update webhook_endpoints set sealed_secrets = array[${sealed}::bytea] || kept.secrets,
      secrets_end_at = array[null::timestamptz] || kept.ends, updated_at = now()
    from kept where tenant_id = current_tenant() and id = ${id} returning id`.execute(tx);
  return rows.length === 0 ? undefined : findEndpoint(tx, id);
}

/** Deletes secrets that events are not signed with any more. Returns how many webhooks had some. */
export async function forgetEndedSecrets(tx: Tx): Promise<number> {
  const { rows } = await sql`
    update webhook_endpoints set (sealed_secrets, secrets_end_at) = (
      select array_agg(secret order by place), array_agg(ends_at order by place)
      from unnest(sealed_secrets, secrets_end_at) with ordinality as each (secret, ends_at, place) where ends_at is null or ends_at > now()
    )
    where tenant_id = current_tenant() and exists (select from unnest(secrets_end_at) as ends_at where ends_at <= now())
    returning id`.execute(tx);
  return rows.length;
}

/** Its deliveries go with it. */
export async function deleteEndpoint(tx: Tx, id: string): Promise<EndpointRow | undefined> {
  return tx.deleteFrom('webhook_endpoints').where('id', '=', id).returningAll().executeTakeFirst();
}

export async function listSubscribedIds(tx: Tx, eventType: string): Promise<string[]> {
  const rows = await tx
    .selectFrom('webhook_endpoints')
    .select('id')
    .where('disabled_at', 'is', null)
    .where('import_id', 'is', null)
    .where(sql<boolean>`${eventType} = any(event_types)`)
    .orderBy('id')
    .execute();
  return rows.map(({ id }) => id);
}

/** The one that came with an upload. */
export async function findImportEndpoint(tx: Tx, importId: string): Promise<EndpointRow | undefined> {
  return tx.selectFrom('webhook_endpoints').selectAll().where('import_id', '=', importId).executeTakeFirst();
}

export async function insertDelivery(tx: Tx, row: Insertable<Schema['webhook_deliveries']>): Promise<void> {
  await tx.insertInto('webhook_deliveries').values(row).execute();
}

export async function findDelivery(tx: Tx, id: string): Promise<DeliveryRow | undefined> {
  return tx.selectFrom('webhook_deliveries').selectAll().where('id', '=', id).executeTakeFirst();
}

/** One more than the limit, newest first. */
export async function listDeliveries(
  tx: Tx,
  endpointId: string,
  state: DeliveryRow['state'] | undefined,
  { limit, offset, afterId }: PageRequest,
): Promise<DeliveryRow[]> {
  return filterDeliveries(tx, endpointId, state)
    .selectAll()
    .$if(afterId !== undefined, (query) => query.where('id', '<', afterId!))
    .orderBy('id', 'desc')
    .limit(limit + 1)
    .offset(offset ?? 0)
    .execute();
}

export async function countDeliveries(tx: Tx, endpointId: string, state: DeliveryRow['state'] | undefined): Promise<number> {
  const { count } = await filterDeliveries(tx, endpointId, state)
    .select((row) => row.fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow();
  return count;
}

function filterDeliveries(tx: Tx, endpointId: string, state: DeliveryRow['state'] | undefined) {
  return tx
    .selectFrom('webhook_deliveries')
    .where('endpoint_id', '=', endpointId)
    .$if(state !== undefined, (query) => query.where('state', '=', state!));
}

export async function updateDelivery(tx: Tx, id: string, change: UpdateObject<Schema, 'webhook_deliveries'>): Promise<DeliveryRow> {
  return tx.updateTable('webhook_deliveries').set(change).where('id', '=', id).returningAll().executeTakeFirstOrThrow();
}

/** What came to its end long ago. Returns how many there were. */
export async function forgetDeliveries(tx: Tx, olderThanDays: number, limit: number): Promise<number> {
  const { numDeletedRows } = await tx
    .deleteFrom('webhook_deliveries')
    .where('id', 'in', (query) =>
      query
        .selectFrom('webhook_deliveries as old')
        .select('old.id')
        .where('old.state', '<>', 'pending')
        .where('old.created_at', '<', sql<Date>`now() - make_interval(days => ${olderThanDays})`)
        .limit(limit),
    )
    .executeTakeFirst();
  return Number(numDeletedRows);
}
