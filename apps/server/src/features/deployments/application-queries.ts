import { sql } from 'kysely';
import type { Insertable, RawBuilder, Selectable, Updateable } from 'kysely';
import type { Schema, Tx } from '../../platform/database/index.ts';
import type { PageRequest } from '../../platform/http/index.ts';

const columns = [
  'tenant_id',
  'id',
  'user_id',
  'name',
  'label',
  'target',
  'instances',
  'process_instances',
  'is_stopped',
  'current_release_id',
  'active_task_id',
  'destroy_requested_at',
  'last_deployment_number',
  'last_release_number',
  'created_at',
  'updated_at',
] as const satisfies readonly (keyof Selectable<Schema['applications']>)[];

export type ApplicationRow = Selectable<Schema['applications']>;

export interface ApplicationView extends ApplicationRow {
  readonly domains: readonly string[];
  readonly current_deployment_id: string | null;
  /** How what users have is run. */
  readonly current_spec: unknown;
  /** Whether the task that has it waits or runs. */
  readonly is_changing: boolean;
}

const fields = sql.raw(columns.map((column) => `applications.${column}`).join(', '));

function selectViews(condition: RawBuilder<unknown>): RawBuilder<ApplicationView> {
  return sql<ApplicationView>`
    select ${fields}, releases.deployment_id as current_deployment_id, releases.spec as current_spec,
      exists (select from tasks where tasks.tenant_id = applications.tenant_id and tasks.id = applications.active_task_id
        and tasks.state in ('queued', 'running')) as is_changing,
      array(select name from domains where domains.tenant_id = applications.tenant_id and domains.application_id = applications.id order by name) as domains
    from applications
    left join releases on releases.tenant_id = applications.tenant_id and releases.id = applications.current_release_id
    where applications.tenant_id = current_tenant() and ${condition}`;
}

/** Undefined when an application of this label, of whatever tenant, is there, or one of this name. */
export async function insertApplication(tx: Tx, row: Insertable<Schema['applications']>): Promise<ApplicationRow | undefined> {
  return tx
    .insertInto('applications')
    .values(row)
    .onConflict((conflict) => conflict.doNothing())
    .returning(columns)
    .executeTakeFirst();
}

export async function findApplication(tx: Tx, id: string): Promise<ApplicationView | undefined> {
  const { rows } = await selectViews(sql`applications.id = ${id}`).execute(tx);
  return rows[0];
}

/** Whoever begins or ends something with the application goes through this: one after the other. */
export async function lockApplication(
  tx: Tx,
  by: { readonly id: string } | { readonly name: string },
): Promise<ApplicationRow | undefined> {
  const [column, value] = 'id' in by ? (['id', by.id] as const) : (['name', by.name] as const);
  return tx.selectFrom('applications').select(columns).where(column, '=', value).forUpdate().executeTakeFirst();
}

/** One more than the limit, newest first. */
export async function listApplications(
  tx: Tx,
  { name }: { readonly name?: string | undefined },
  { limit, offset, afterId }: PageRequest,
): Promise<ApplicationView[]> {
  const conditions = [
    sql`true`,
    ...(name === undefined ? [] : [sql`applications.name = ${name}`]),
    ...(afterId === undefined ? [] : [sql`applications.id < ${afterId}`]),
  ];
  const { rows } = await sql<ApplicationView>`${selectViews(sql.join(conditions, sql` and `))}
    order by applications.id desc limit ${limit + 1} offset ${offset ?? 0}`.execute(tx);
  return rows;
}

/** Those whose users should find something, and with which nothing is under way. What is to be destroyed, and could not be yet, nobody should find. */
export async function listServing(tx: Tx): Promise<ApplicationView[]> {
  const condition = sql`applications.current_release_id is not null and not applications.is_stopped and applications.active_task_id is null
    and not exists (select from deployments where deployments.tenant_id = applications.tenant_id and deployments.id = releases.deployment_id
      and deployments.status = 'DESTROYING')`;
  const { rows } = await selectViews(condition).execute(tx);
  return rows;
}

export async function countApplications(tx: Tx, { name }: { readonly name?: string | undefined }): Promise<number> {
  const { count } = await tx
    .selectFrom('applications')
    .select((row) => row.fn.countAll<number>().as('count'))
    .$if(name !== undefined, (query) => query.where('name', '=', name!))
    .executeTakeFirstOrThrow();
  return count;
}

export async function updateApplication(tx: Tx, id: string, change: Updateable<Schema['applications']>): Promise<ApplicationRow> {
  return tx
    .updateTable('applications')
    .set({ ...change, updated_at: sql<Date>`now()` })
    .where('id', '=', id)
    .returning(columns)
    .executeTakeFirstOrThrow();
}

/** What is changed by hand, as it is written. */
export interface ScaleChange {
  readonly is_stopped?: boolean;
  readonly instances?: number | null;
  /** Of background processes, by name. */
  readonly process_instances?: Readonly<Record<string, number>>;
}

export function toColumns({ process_instances: counts, ...change }: ScaleChange): Updateable<Schema['applications']> {
  return { ...change, ...(counts && { process_instances: JSON.stringify(counts) }) };
}

export async function deleteApplication(tx: Tx, id: string): Promise<void> {
  await tx.deleteFrom('applications').where('id', '=', id).execute();
}

export async function listDomains(tx: Tx, applicationId: string): Promise<string[]> {
  const rows = await tx.selectFrom('domains').select('name').where('application_id', '=', applicationId).orderBy('name').execute();
  return rows.map(({ name }) => name);
}

export async function deleteDomains(tx: Tx, applicationId: string, kept: readonly string[]): Promise<void> {
  await tx
    .deleteFrom('domains')
    .where('application_id', '=', applicationId)
    .$if(kept.length > 0, (query) => query.where('name', 'not in', [...kept]))
    .execute();
}

/** False when an application has it, of whatever tenant. */
export async function insertDomain(tx: Tx, row: Insertable<Schema['domains']>): Promise<boolean> {
  const made = await tx
    .insertInto('domains')
    .values(row)
    .onConflict((conflict) => conflict.column('name').doNothing())
    .returning('id')
    .executeTakeFirst();
  return made !== undefined;
}
