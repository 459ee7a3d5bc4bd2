import { sql } from 'kysely';
import type { Insertable, RawBuilder, Selectable, Updateable } from 'kysely';
import type { DeploymentStatus } from '@deployguard/contracts';
import type { Schema, Tx } from '../../platform/database/index.ts';
import type { PageRequest } from '../../platform/http/index.ts';

/** Named one by one, so that statements can stay prepared when another version of this software adds a column. */
const columns = [
  'tenant_id',
  'id',
  'application_id',
  'user_id',
  'number',
  'repo_url',
  'credentials_id',
  'source_id',
  'from_release_id',
  'branch',
  'git_sha',
  'status',
  'step',
  'current_step',
  'last_error',
  'config',
  'waivers',
  'release_id',
  'external_url',
  'external_ip',
  'cloud_provider',
  'region',
  'metadata',
  'created_at',
  'updated_at',
  'deployed_at',
] as const satisfies readonly (keyof Selectable<Schema['deployments']>)[];

export type DeploymentRow = Selectable<Schema['deployments']>;

/** A deployment with what stands elsewhere. */
export interface DeploymentView extends DeploymentRow {
  readonly application: string;
  readonly is_current: boolean;
  readonly percent: number;
}

/** As lists show it: without what was asked for in full; of what was found out, only how it was judged. All of that may be large. */
export type ListedDeployment = Omit<DeploymentView, 'config' | 'waivers'>;

export interface DeploymentFilter {
  readonly status?: DeploymentStatus | undefined;
  readonly application?: string | undefined;
}

const fields = sql.raw(columns.map((column) => `deployments.${column}`).join(', '));

const large: readonly string[] = ['config', 'waivers', 'metadata'];
const listedFields = sql`${sql.raw(
  columns
    .filter((column) => !large.includes(column))
    .map((column) => `deployments.${column}`)
    .join(', '),
)}, deployments.metadata - 'analysis' #- '{gate,findings}' #- '{gate,left_out}' as metadata`;

const deploymentsOfApplications = sql`deployments
    join applications on applications.tenant_id = deployments.tenant_id and applications.id = deployments.application_id`;

function selectViews<View extends ListedDeployment>(selected: RawBuilder<unknown>, condition: RawBuilder<unknown>): RawBuilder<View> {
  return sql<View>`
    select ${selected}, coalesce(task.step, deployments.current_step) as current_step, applications.name as application,
      coalesce(applications.current_release_id = deployments.release_id, false) as is_current, coalesce(task.percent, 0) as percent
    from ${deploymentsOfApplications}
    left join lateral (
      select progress_percent as percent, tasks.current_step as step from tasks
      where tasks.tenant_id = deployments.tenant_id and tasks.id = applications.active_task_id and tasks.state = 'running'
        and tasks.subject = deployments.id::text
    ) task on true
    where deployments.tenant_id = current_tenant() and ${condition}`;
}

export async function insertDeployment(tx: Tx, row: Insertable<Schema['deployments']>): Promise<DeploymentRow> {
  return tx.insertInto('deployments').values(row).returning(columns).executeTakeFirstOrThrow();
}

export async function findDeployment(tx: Tx, id: string): Promise<DeploymentView | undefined> {
  const { rows } = await selectViews<DeploymentView>(fields, sql`deployments.id = ${id}`).execute(tx);
  return rows[0];
}

/** One more than the limit, newest first. */
export async function listDeployments(
  tx: Tx,
  filter: DeploymentFilter,
  { limit, offset, afterId }: PageRequest,
): Promise<ListedDeployment[]> {
  const condition = sql`${fits(filter)} and ${afterId === undefined ? sql`true` : sql`deployments.id < ${afterId}`}`;
  const { rows } = await sql<ListedDeployment>`${selectViews(listedFields, condition)}
    order by deployments.id desc limit ${limit + 1} offset ${offset ?? 0}`.execute(tx);
  return rows;
}

export async function countDeployments(tx: Tx, filter: DeploymentFilter): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select count(*) as count from ${deploymentsOfApplications}
    where deployments.tenant_id = current_tenant() and ${fits(filter)}`.execute(tx);
  return rows[0]!.count;
}

function fits({ status, application }: DeploymentFilter): RawBuilder<unknown> {
  return sql.join(
    [
      sql`true`,
      ...(status === undefined ? [] : [sql`deployments.status = ${status}`]),
      ...(application === undefined ? [] : [sql`applications.name = ${application}`]),
    ],
    sql` and `,
  );
}

/** Returns the deployment as it is then; undefined when it is not in one of the states. */
export async function updateDeployment(
  tx: Tx,
  id: string,
  from: readonly DeploymentStatus[],
  change: Updateable<Schema['deployments']>,
): Promise<DeploymentRow | undefined> {
  return tx
    .updateTable('deployments')
    .set({ ...change, updated_at: sql<Date>`now()` })
    .where('id', '=', id)
    .where('status', 'in', [...from])
    .returning(columns)
    .executeTakeFirst();
}

/** The oldest one that waits. */
export async function findNextDeployment(tx: Tx, applicationId: string): Promise<DeploymentRow | undefined> {
  return tx
    .selectFrom('deployments')
    .select(columns)
    .where('application_id', '=', applicationId)
    .where('status', '=', 'QUEUED')
    .orderBy('number')
    .limit(1)
    .executeTakeFirst();
}

const remembered = 200;

export interface CleanCommit {
  readonly commit: string;
  /** What the scan could not read. */
  readonly leftOut: readonly string[];
}

/** Of the newest deployments of an application: commits in whose history that version of the scanner found nothing that stops one. */
export async function listCleanCommits(tx: Tx, applicationId: string, scannerVersion: string): Promise<CleanCommit[]> {
  const { rows } = await sql<CleanCommit>`
    select distinct on (git_sha) git_sha as commit, coalesce(metadata->'gate'->'left_out', '[]') as "leftOut" from (
      select number, git_sha, metadata from deployments
      where tenant_id = current_tenant() and application_id = ${applicationId}
      order by number desc limit ${remembered}
    ) newest
    where metadata->>'scanner' = ${scannerVersion} and metadata->'gate'->'findings' = '[]' and git_sha is not null
    order by git_sha, number desc`.execute(tx);
  return rows;
}

/** Lets one after the other count what a tenant has and add to it. Before any application is locked. */
export async function lockQuotas(tx: Tx): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended('deployments ' || current_tenant()::text, 0))`.execute(tx);
}

/** How many deployments of a tenant wait or are under way. */
export async function countOpenDeployments(tx: Tx): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select count(*) as count from deployments
    where tenant_id = current_tenant()
      and status in ('QUEUED', 'ANALYZING', 'BUILDING', 'PROVISIONING', 'DEPLOYING', 'HEALTHY', 'ROLLING_BACK')`.execute(tx);
  return rows[0]!.count;
}

const endingColumns = ['id', 'application_id', 'status', 'step', 'last_error'] as const satisfies readonly (typeof columns)[number][];

/** Of a deployment, what it takes to end it. */
export type EndingDeployment = Pick<DeploymentRow, (typeof endingColumns)[number]>;

/** The deployments of an application that are in one of the states. */
export async function listDeploymentsIn(tx: Tx, applicationId: string, states: readonly DeploymentStatus[]): Promise<EndingDeployment[]> {
  return tx
    .selectFrom('deployments')
    .select(endingColumns)
    .where('application_id', '=', applicationId)
    .where('status', 'in', [...states])
    .orderBy('number')
    .execute();
}

export async function listDeploymentIds(tx: Tx, applicationId: string): Promise<string[]> {
  const rows = await tx.selectFrom('deployments').select('id').where('application_id', '=', applicationId).execute();
  return rows.map(({ id }) => id);
}
