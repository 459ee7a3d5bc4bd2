import { sql } from 'kysely';
import type { Insertable, RawBuilder, Selectable, Updateable } from 'kysely';
import type { JobStatus } from '@deployguard/contracts';
import type { Schema, Tx } from '../../platform/database/index.ts';
import type { PageRequest } from '../../platform/http/index.ts';

export type JobRow = Selectable<Schema['jobs']>;

export interface JobFilter {
  readonly status?: JobStatus | undefined;
  readonly source_platform?: string | undefined;
}

/** Named one by one, so that statements can stay prepared when another version of this software adds a column. */
const jobColumns = [
  'tenant_id',
  'id',
  'user_id',
  'source_platform',
  'source_url',
  'source_branch',
  'source_credentials_id',
  'source_id',
  'status',
  'progress_percent',
  'current_step',
  'total_secrets_found',
  'last_error',
  'target_platform',
  'target_url',
  'target_credentials_id',
  'force_push',
  'source_key',
  'report_key',
  'cleaned_key',
  'proof_key',
  'created_at',
  'updated_at',
  'started_at',
  'completed_at',
  'expires_at',
  'task_id',
] as const satisfies readonly (keyof JobRow)[];

const jobs = sql.raw(jobColumns.map((column) => `jobs.${column}`).join(', '));

/** Jobs of which a condition holds. While a task is at work, how far it is stands with it. */
function selectJobs(condition: RawBuilder<unknown>): RawBuilder<JobRow> {
  return sql<JobRow>`
    select ${jobs}, coalesce(task.percent, jobs.progress_percent) as progress_percent, coalesce(task.step, jobs.current_step) as current_step
    from jobs left join lateral (
      select progress_percent as percent, tasks.current_step as step from tasks
      where tasks.tenant_id = jobs.tenant_id and subject = jobs.id::text and state = 'running' and kind not like 'job.delete-%'
        and jobs.status in ('pending', 'scanning', 'cleaning', 'pushing')
      order by tasks.created_at desc limit 1
    ) task on true
    where jobs.tenant_id = current_tenant() and ${condition}`;
}

export async function insertJob(tx: Tx, job: Insertable<Schema['jobs']>): Promise<JobRow> {
  return tx.insertInto('jobs').values(job).returning(jobColumns).executeTakeFirstOrThrow();
}

export async function findJob(tx: Tx, id: string): Promise<JobRow | undefined> {
  const { rows } = await selectJobs(sql`jobs.id = ${id}`).execute(tx);
  return rows[0];
}

/** Whoever changes the job's state goes through this: one after the other. */
export async function lockJob(tx: Tx, id: string): Promise<JobRow | undefined> {
  return tx.selectFrom('jobs').select(jobColumns).where('id', '=', id).forUpdate().executeTakeFirst();
}

/** One more than the limit, newest first. */
export async function listJobs(tx: Tx, filter: JobFilter, { limit, offset, afterId }: PageRequest): Promise<JobRow[]> {
  const conditions = [
    sql`true`,
    ...(filter.status === undefined ? [] : [sql`jobs.status = ${filter.status}`]),
    ...(filter.source_platform === undefined ? [] : [sql`jobs.source_platform = ${filter.source_platform}`]),
    ...(afterId === undefined ? [] : [sql`jobs.id < ${afterId}`]),
  ];
  const { rows } = await sql<JobRow>`${selectJobs(sql.join(conditions, sql` and `))}
    order by jobs.id desc limit ${limit + 1} offset ${offset ?? 0}`.execute(tx);
  return rows;
}

export async function countJobs(tx: Tx, filter: JobFilter): Promise<number> {
  const { count } = await tx
    .selectFrom('jobs')
    .select((row) => row.fn.countAll<number>().as('count'))
    .$if(filter.status !== undefined, (query) => query.where('status', '=', filter.status!))
    .$if(filter.source_platform !== undefined, (query) => query.where('source_platform', '=', filter.source_platform!))
    .executeTakeFirstOrThrow();
  return count;
}

/** Returns the job as it is then; undefined when it is not in one of the states. */
export async function updateJob(
  tx: Tx,
  id: string,
  from: readonly JobStatus[],
  change: Updateable<Schema['jobs']>,
): Promise<JobRow | undefined> {
  return tx
    .updateTable('jobs')
    .set({ ...change, updated_at: sql<Date>`now()` })
    .where('id', '=', id)
    .where('status', 'in', [...from])
    .returning(jobColumns)
    .executeTakeFirst();
}

export async function listExpiredJobIds(tx: Tx, limit: number): Promise<string[]> {
  const rows = await tx
    .selectFrom('jobs')
    .select('id')
    .where('status', '<>', 'expired')
    .where('expires_at', '<', sql<Date>`now()`)
    .orderBy('expires_at')
    .limit(limit)
    .execute();
  return rows.map(({ id }) => id);
}

/** Forgets jobs that expired long ago; the audit log remembers them. Returns their ids. */
export async function deleteOldJobs(tx: Tx, expiredBeforeDays: number, limit: number): Promise<string[]> {
  const rows = await tx
    .deleteFrom('jobs')
    .where('id', 'in', (query) =>
      query
        .selectFrom('jobs as old')
        .select('old.id')
        .where('old.status', '=', 'expired')
        .where('old.expires_at', '<', sql<Date>`now() - make_interval(days => ${expiredBeforeDays})`)
        .limit(limit),
    )
    .returning('id')
    .execute();
  return rows.map(({ id }) => id);
}

/** Every key that a job of the tenant refers to. */
export async function listFileKeys(tx: Tx): Promise<string[]> {
  const rows = await tx.selectFrom('jobs').select(['source_key', 'report_key', 'cleaned_key', 'proof_key']).execute();
  return rows.flatMap((row) => Object.values(row).filter((key) => key !== null));
}

/** Where the upload that a job is about lies; undefined when it is gone or expired. It stays until the transaction ends, and longer once it is named. */
export async function findSourceKey(tx: Tx, sourceId: string): Promise<string | undefined> {
  const row = await tx
    .selectFrom('sources')
    .select('storage_key')
    .where('id', '=', sourceId)
    // Not now(): this transaction may have begun before one that ended the upload, and waited for it.
    .where('expires_at', '>', sql<Date>`clock_timestamp()`)
    .forShare()
    .executeTakeFirst();
  return row?.storage_key;
}

/** Whether the job's state is about another task, which waits or runs. A task of an earlier request that is tried again must not meddle. */
export async function isAnothers(tx: Tx, { task_id: current }: JobRow, taskId: string): Promise<boolean> {
  if (current === null || current === taskId) return false;
  const task = await tx.selectFrom('tasks').select('state').where('id', '=', current).executeTakeFirst();
  return task?.state === 'queued' || task?.state === 'running';
}

/**
 * Locks the job's tasks that wait or run, and tells their ids. Before the job itself: workers lock in this order, and whoever took the other
 * one would wait for them as they wait for it.
 */
export async function lockOpenTasks(tx: Tx, jobId: string): Promise<string[]> {
  const rows = await tx
    .selectFrom('tasks')
    .select('id')
    .where('subject', '=', jobId)
    .where('state', 'in', ['queued', 'running'])
    .where('kind', 'not like', 'job.delete-%')
    .orderBy('id')
    .forNoKeyUpdate()
    .execute();
  return rows.map(({ id }) => id);
}
