import type { Insertable, Selectable, Updateable } from 'kysely';
import { sql } from 'kysely';
import type { Schema, Tx } from '../../platform/database/index.ts';
import type { PageRequest } from '../../platform/http/index.ts';

const columns = [
  'tenant_id',
  'id',
  'application_id',
  'deployment_id',
  'number',
  'git_sha',
  'artifact',
  'spec',
  'sealed_env',
  'evidence',
  'is_pinned',
  'was_good',
  'removed_at',
  'created_at',
] as const satisfies readonly (keyof Selectable<Schema['releases']>)[];

/** Without the attestation, which is large. */
export type ReleaseRow = Omit<Selectable<Schema['releases']>, 'attestation'>;

const listedColumns = [
  'id',
  'application_id',
  'deployment_id',
  'number',
  'git_sha',
  'artifact',
  'is_pinned',
  'was_good',
  'removed_at',
  'created_at',
] as const satisfies readonly (typeof columns)[number][];

/** As it is shown: without the values of its variables, how it is run, and what was found in it, all of which may be large. */
export type ListedRelease = Pick<ReleaseRow, (typeof listedColumns)[number] | 'spec' | 'evidence'>;

const presentColumns = ['id', 'deployment_id', 'artifact', 'is_pinned', 'was_good'] as const satisfies readonly (typeof columns)[number][];

/** Of one that can be gone back to, what it takes to choose among them, and to remove it. */
export type PresentRelease = Pick<ReleaseRow, (typeof presentColumns)[number]>;

export async function insertRelease(tx: Tx, row: Insertable<Schema['releases']>): Promise<ReleaseRow> {
  return tx.insertInto('releases').values(row).returning(columns).executeTakeFirstOrThrow();
}

export async function findRelease(tx: Tx, id: string): Promise<ReleaseRow | undefined> {
  return tx.selectFrom('releases').select(columns).where('id', '=', id).executeTakeFirst();
}

export async function updateRelease(tx: Tx, id: string, change: Updateable<Schema['releases']>): Promise<void> {
  await tx.updateTable('releases').set(change).where('id', '=', id).execute();
}

export async function findAttestation(tx: Tx, id: string): Promise<Buffer | undefined> {
  const row = await tx.selectFrom('releases').select('attestation').where('id', '=', id).executeTakeFirst();
  return row?.attestation ?? undefined;
}

/**
 * Nothing of it is there any more, and it does not come back: what it was started with and what it was made of are forgotten, also of those that
 * older versions removed.
 */
export async function forgetRelease(tx: Tx, applicationId: string, id: string): Promise<void> {
  await tx
    .updateTable('releases')
    .set({
      removed_at: sql<Date>`coalesce(removed_at, now())`,
      sealed_env: Buffer.alloc(0),
      attestation: null,
      spec: sql<string>`spec - 'covered'`,
    })
    .where('application_id', '=', applicationId)
    .where(({ eb, or, and }) => or([eb('id', '=', id), and([eb('removed_at', 'is not', null), eb(sql`length(sealed_env)`, '>', 0)])]))
    .execute();
}

/** One more than the limit, newest first. */
export async function listReleases(tx: Tx, applicationId: string, { limit, offset, afterId }: PageRequest): Promise<ListedRelease[]> {
  return tx
    .selectFrom('releases')
    .select(listedColumns)
    .select([
      sql`jsonb_build_object('variables', spec->'variables', 'changedVariables', spec->'changedVariables')`.as('spec'),
      sql`evidence #- '{scan,vulnerabilities}'`.as('evidence'),
    ])
    .where('application_id', '=', applicationId)
    .$if(afterId !== undefined, (query) => query.where('id', '<', afterId!))
    .orderBy('id', 'desc')
    .limit(limit + 1)
    .offset(offset ?? 0)
    .execute();
}

/** Those that are there, newest first. */
export async function listPresentReleases(tx: Tx, applicationId: string): Promise<PresentRelease[]> {
  return tx
    .selectFrom('releases')
    .select(presentColumns)
    .where('application_id', '=', applicationId)
    .where('removed_at', 'is', null)
    .orderBy('id', 'desc')
    .execute();
}

/** Of the older ones that were good and are still there, the one that users had last, unless they were led away from it. */
export async function findReleaseBefore(tx: Tx, release: Pick<ReleaseRow, 'application_id' | 'id'>): Promise<ReleaseRow | undefined> {
  return tx
    .selectFrom('releases')
    .innerJoin('deployments', (join) =>
      join.onRef('deployments.tenant_id', '=', 'releases.tenant_id').onRef('deployments.id', '=', 'releases.deployment_id'),
    )
    .select(columns.map((column) => `releases.${column}` as const))
    .where('releases.application_id', '=', release.application_id)
    .where('releases.id', '<', release.id)
    .where('was_good', '=', true)
    .where('removed_at', 'is', null)
    .where('deployments.status', '<>', 'ROLLED_BACK')
    .orderBy('deployments.deployed_at', (order) => order.desc().nullsLast())
    .orderBy('releases.id', 'desc')
    .limit(1)
    .executeTakeFirst();
}

type BuildRow = Selectable<Schema['builds']>;

const buildColumns = ['tenant_id', 'id', 'deployment_id', 'image_tag', 'build_logs', 'started_at', 'completed_at', 'success'] as const;

export async function insertBuild(tx: Tx, row: Insertable<Schema['builds']>): Promise<void> {
  await tx.insertInto('builds').values(row).execute();
}

/** The build of an attempt that was cut off does not go on. */
export async function endOpenBuilds(tx: Tx, deploymentId: string): Promise<void> {
  await tx
    .updateTable('builds')
    .set({ completed_at: sql<Date>`now()`, success: false })
    .where('deployment_id', '=', deploymentId)
    .where('completed_at', 'is', null)
    .execute();
}

export async function updateBuild(tx: Tx, id: string, change: Updateable<Schema['builds']>): Promise<void> {
  await tx.updateTable('builds').set(change).where('id', '=', id).execute();
}

export async function listBuilds(tx: Tx, deploymentId: string, { limit, offset, afterId }: PageRequest): Promise<BuildRow[]> {
  return tx
    .selectFrom('builds')
    .select(buildColumns)
    .where('deployment_id', '=', deploymentId)
    .$if(afterId !== undefined, (query) => query.where('id', '<', afterId!))
    .orderBy('id', 'desc')
    .limit(limit + 1)
    .offset(offset ?? 0)
    .execute();
}

type InfrastructureRow = Selectable<Schema['infrastructure']>;

const infrastructureColumns = [
  'tenant_id',
  'id',
  'deployment_id',
  'pulumi_stack_name',
  'resources',
  'state_backend_url',
  'created_at',
] as const satisfies readonly (keyof InfrastructureRow)[];

/** What is there for a deployment now. */
export async function saveResources(tx: Tx, row: { id: string; deploymentId: string; resources: readonly unknown[] }): Promise<void> {
  const resources = JSON.stringify(row.resources);
  await tx
    .insertInto('infrastructure')
    .values({ id: row.id, deployment_id: row.deploymentId, resources })
    .onConflict((conflict) => conflict.columns(['tenant_id', 'deployment_id']).doUpdateSet({ resources }))
    .execute();
}

export async function listInfrastructure(
  tx: Tx,
  deploymentId: string,
  { limit, offset, afterId }: PageRequest,
): Promise<InfrastructureRow[]> {
  return tx
    .selectFrom('infrastructure')
    .select(infrastructureColumns)
    .where('deployment_id', '=', deploymentId)
    .$if(afterId !== undefined, (query) => query.where('id', '<', afterId!))
    .orderBy('id', 'desc')
    .limit(limit + 1)
    .offset(offset ?? 0)
    .execute();
}

/** Counts of what belongs to a deployment or application, for pages that people jump to. */
export async function countRows(
  tx: Tx,
  table: 'builds' | 'infrastructure' | 'releases',
  owner: { readonly deploymentId: string } | { readonly applicationId: string },
): Promise<number> {
  const condition = 'deploymentId' in owner ? sql`deployment_id = ${owner.deploymentId}` : sql`application_id = ${owner.applicationId}`;
  const { rows } = await sql<{ count: number }>`
    select count(*) as count from ${sql.table(table)} where tenant_id = current_tenant() and ${condition}`.execute(tx);
  return rows[0]!.count;
}
