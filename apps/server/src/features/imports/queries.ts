import { sql } from 'kysely';
import type { Insertable, RawBuilder, Selectable, UpdateObject } from 'kysely';
import type { Schema, Tx } from '../../platform/database/index.ts';

export type ImportRow = Selectable<Schema['imports']>;

/** Imports of which a condition holds. While a task is at work, how far it is stands with it. */
function selectImports(condition: RawBuilder<unknown>): RawBuilder<ImportRow> {
  return sql<ImportRow>`
    select imports.*, coalesce(task.percent, imports.progress) as progress, coalesce(task.step, imports.current_step) as current_step
    from imports left join lateral (
      select progress_percent as percent, tasks.current_step as step from tasks
      where tasks.tenant_id = imports.tenant_id and tasks.id = imports.task_id and state = 'running' and imports.status = 'processing'
    ) task on true
    where imports.tenant_id = current_tenant() and ${condition}`;
}

export async function insertImport(tx: Tx, row: Insertable<Schema['imports']>): Promise<ImportRow> {
  return tx.insertInto('imports').values(row).returningAll().executeTakeFirstOrThrow();
}

/** By the id that people know. */
export async function findImport(tx: Tx, jobId: string): Promise<ImportRow | undefined> {
  const { rows } = await selectImports(sql`imports.job_id = ${jobId}`).execute(tx);
  return rows[0];
}

/** Whoever changes the state goes through this: one after the other. */
export async function lockImport(tx: Tx, id: string): Promise<ImportRow | undefined> {
  return tx.selectFrom('imports').selectAll().where('id', '=', id).forUpdate().executeTakeFirst();
}

export interface ImportPage {
  readonly status: string | undefined;
  readonly limit: number;
  readonly offset: number;
}

/** Newest first. */
export async function listImports(tx: Tx, { status, limit, offset }: ImportPage): Promise<ImportRow[]> {
  const { rows } = await sql<ImportRow>`${selectImports(status === undefined ? sql`true` : sql`imports.status = ${status}`)}
    order by imports.id desc limit ${limit} offset ${offset}`.execute(tx);
  return rows;
}

export async function countImports(tx: Tx, status: string | undefined): Promise<number> {
  const { count } = await tx
    .selectFrom('imports')
    .select((row) => row.fn.countAll<number>().as('count'))
    .$if(status !== undefined, (query) => query.where(sql<boolean>`status = ${status!}`))
    .executeTakeFirstOrThrow();
  return count;
}

export async function updateImport(tx: Tx, id: string, change: UpdateObject<Schema, 'imports'>): Promise<ImportRow> {
  return tx.updateTable('imports').set(change).where('id', '=', id).returningAll().executeTakeFirstOrThrow();
}

/** The assessment of this name; made when it is the first time. */
export async function findOrInsertAssessment(tx: Tx, id: string, name: string): Promise<string> {
  const { rows } = await sql<{ id: string }>`
    with made as (
      insert into assessments (id, name) values (${id}, ${name}) on conflict (tenant_id, name) do nothing returning id
    )
    select id from made union all select id from assessments where tenant_id = current_tenant() and name = ${name} limit 1`.execute(tx);
  // Made by another at the same moment, and not to be seen by this statement.
  return rows[0]?.id ?? findOrInsertAssessment(tx, id, name);
}

export async function noteLastImport(tx: Tx, assessmentId: string, importId: string): Promise<void> {
  await tx.updateTable('assessments').set({ last_import_id: importId }).where('id', '=', assessmentId).execute();
}

/** The newest lines of a log, oldest first. */
export async function listLogLines(tx: Tx, importId: string, limit: number): Promise<string[]> {
  const { rows } = await sql<{ line: string }>`
    select data ->> 'line' as line from events
    where tenant_id = current_tenant() and subject = ${importId} and kind = 'log' order by sequence desc limit ${limit}`.execute(tx);
  return rows.map(({ line }) => line).toReversed();
}

export interface LogLine {
  readonly sequence: number;
  readonly line: string;
  readonly created_at: Date;
}

/** Lines behind a sequence, oldest first. */
export async function listLog(tx: Tx, importId: string, after: number, limit: number): Promise<LogLine[]> {
  const { rows } = await sql<LogLine>`
    select sequence, data ->> 'line' as line, created_at from events
    where tenant_id = current_tenant() and subject = ${importId} and kind = 'log' and sequence > ${after} order by sequence limit ${limit}`.execute(
    tx,
  );
  return rows;
}

/** Those that ended long ago. */
export async function listOldImportIds(tx: Tx, endedBeforeDays: number, limit: number): Promise<string[]> {
  const rows = await tx
    .selectFrom('imports')
    .select('id')
    .where('completed_at', '<', sql<Date>`now() - make_interval(days => ${endedBeforeDays})`)
    .orderBy('completed_at')
    .limit(limit)
    .execute();
  return rows.map(({ id }) => id);
}

export async function deleteImports(tx: Tx, ids: readonly string[]): Promise<void> {
  await tx
    .deleteFrom('imports')
    .where('id', 'in', [...ids])
    .execute();
}
