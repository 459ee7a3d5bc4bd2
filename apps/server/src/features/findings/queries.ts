import { sql } from 'kysely';
import type { Insertable, RawBuilder, Selectable } from 'kysely';
import type { FindingFilter } from '@deployguard/contracts';
import type { ReportedFinding } from '@deployguard/findings';
import type { Schema, Tx } from '../../platform/database/index.ts';
import type { PageRequest } from '../../platform/http/index.ts';
import { toSeverityNumber } from './severity-numbers.ts';

export interface FindingRow extends Omit<Selectable<Schema['findings']>, 'content'> {
  readonly assessment_name: string;
  /** Whether the last upload of its assessment brought it, or brought it back. */
  readonly is_new: boolean;
}

export interface FindingWithContent extends FindingRow {
  readonly content: ReportedFinding;
}

const columns = sql.raw(
  `findings.tenant_id, findings.id, assessment_id, number, key, duplicate_of, is_open, severity, kind, tool, rule_id, title, package_name, place, asset,
  has_fix, is_known_exploited, epss, suppression, content_hash, first_import_id, opened_import_id, first_seen_at, closed_at, decision,
  decision_owner, decision_reason, decision_until, decided_at, assessments.name as assessment_name,
  is_open and opened_import_id is not distinct from assessments.last_import_id as is_new`,
);

/** Findings of the tenant with their assessment. */
const source = sql`findings join assessments on assessments.tenant_id = findings.tenant_id and assessments.id = findings.assessment_id
  where findings.tenant_id = current_tenant()`;

function buildCondition(filter: FindingFilter): RawBuilder<unknown> {
  const { state, severity, kind, tool, rule_id: ruleId, assessment_name: assessment, decision, duplicates = false, search } = filter;
  const { fix_available: hasFix, known_exploited: isExploited } = filter;
  const conditions: RawBuilder<unknown>[] = [];
  if (state !== undefined) conditions.push(sql`is_open = ${state === 'open'}`);
  if (severity === 'unknown') conditions.push(sql`severity = ${toSeverityNumber(severity)}`);
  else if (severity !== undefined) conditions.push(sql`severity <= ${toSeverityNumber(severity)}`);
  if (kind !== undefined) conditions.push(sql`kind = ${kind}`);
  if (tool !== undefined) conditions.push(sql`lower(tool) = ${tool.toLowerCase()}`);
  if (ruleId !== undefined) conditions.push(sql`rule_id = ${ruleId}`);
  if (assessment !== undefined) conditions.push(sql`assessments.name = ${assessment}`);
  if (decision === 'none') conditions.push(sql`decision is null`);
  else if (decision !== undefined) conditions.push(sql`decision = ${decision}`);
  if (hasFix !== undefined) conditions.push(sql`has_fix = ${hasFix}`);
  if (isExploited !== undefined) conditions.push(sql`is_known_exploited = ${isExploited}`);
  if (!duplicates) conditions.push(sql`duplicate_of is null`);
  if (search !== undefined) {
    const part = sql`${`%${search.replaceAll(/[\\%_]/g, String.raw`\$&`)}%`}`;
    conditions.push(
      sql`(title ilike ${part} or rule_id ilike ${part} or package_name ilike ${part} or place ilike ${part} or asset ilike ${part})`,
    );
  }
  return conditions.length === 0 ? sql`true` : sql.join(conditions, sql` and `);
}

export type FindingOrder = 'newest' | 'severity';

/** One more than the limit. */
export async function listFindings(
  tx: Tx,
  filter: FindingFilter,
  order: FindingOrder,
  { limit, offset, afterId }: PageRequest,
): Promise<FindingRow[]> {
  const after =
    afterId === undefined
      ? sql`true`
      : order === 'newest'
        ? sql`findings.id < ${afterId}`
        : sql`(severity, findings.id) > (select severity, id from findings where tenant_id = current_tenant() and id = ${afterId})`;
  const { rows } = await sql<FindingRow>`select ${columns} from ${source} and ${buildCondition(filter)} and ${after}
    order by ${order === 'newest' ? sql`findings.id desc` : sql`severity, findings.id`} limit ${limit + 1} offset ${offset ?? 0}`.execute(
    tx,
  );
  return rows;
}

export async function countFindings(tx: Tx, filter: FindingFilter): Promise<number> {
  const { rows } = await sql<{ count: number }>`select count(*) as count from ${source} and ${buildCondition(filter)}`.execute(tx);
  return rows[0]!.count;
}

export async function findFinding(tx: Tx, id: string): Promise<FindingWithContent | undefined> {
  const { rows } = await sql<FindingWithContent>`select ${columns}, content from ${source} and findings.id = ${id}`.execute(tx);
  return rows[0];
}

/** In the order of their ids, from the one after `afterId` on. */
export async function readFindings(
  tx: Tx,
  filter: FindingFilter,
  afterId: string | undefined,
  limit: number,
): Promise<FindingWithContent[]> {
  const { rows } = await sql<FindingWithContent>`select ${columns}, content from ${source} and ${buildCondition(filter)}
    and ${afterId === undefined ? sql`true` : sql`findings.id > ${afterId}`} order by findings.id limit ${limit}`.execute(tx);
  return rows;
}

export interface Decision {
  readonly decision: string | null;
  readonly owner: string | null;
  readonly reason: string | null;
  readonly until: string | null;
}

/** Returns of how many findings. */
export async function decideFindings(
  tx: Tx,
  chosen: { readonly ids: readonly string[] } | { readonly filter: FindingFilter },
  { decision, owner, reason, until }: Decision,
): Promise<number> {
  const which = 'ids' in chosen ? sql`findings.id = any(${chosen.ids}::uuid[])` : buildCondition(chosen.filter);
  const { numAffectedRows } = await sql`
    update findings set decision = ${decision}, decision_owner = ${owner}, decision_reason = ${reason}, decision_until = ${until},
      decided_at = case when ${decision}::text is null then null else now() end
    where tenant_id = current_tenant() and id in (select findings.id from ${source} and ${which})`.execute(tx);
  return Number(numAffectedRows ?? 0n);
}

export async function countKnown(tx: Tx, ids: readonly string[]): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select count(*) as count from findings where tenant_id = current_tenant() and id = any(${ids}::uuid[])`.execute(tx);
  return rows[0]!.count;
}

export interface FindingCount {
  readonly is_open: boolean;
  readonly severity: number;
  readonly kind: string;
  readonly tool: string;
  readonly count: number;
}

/** Each problem of a report once. */
export async function countByProperties(tx: Tx, assessment: string | undefined): Promise<FindingCount[]> {
  const { rows } = await sql<FindingCount>`
    select is_open, severity, kind, tool, count(*) as count from ${source} and ${ofAssessment(assessment)}
    group by is_open, severity, kind, tool`.execute(tx);
  return rows;
}

export interface DayCount {
  readonly day: string;
  readonly new: number;
  readonly closed: number;
}

/** How many were first seen and closed on each day (UTC) that had some. One that was closed and came back counts as if it had never been gone. */
export async function countByDay(tx: Tx, assessment: string | undefined): Promise<DayCount[]> {
  const day = (time: string): RawBuilder<unknown> => sql.raw(`to_char(${time} at time zone 'UTC', 'YYYY-MM-DD')`);
  const { rows } = await sql<DayCount>`
    with counted as (select first_seen_at, closed_at from ${source} and ${ofAssessment(assessment)}),
    changes as (
      select ${day('first_seen_at')} as day, count(*) as new, 0 as closed from counted group by 1
      union all
      select ${day('closed_at')}, 0, count(*) from counted where closed_at is not null group by 1
    )
    select day, sum(new)::bigint as new, sum(closed)::bigint as closed from changes group by day order by day`.execute(tx);
  return rows;
}

function ofAssessment(name: string | undefined): RawBuilder<unknown> {
  return buildCondition(name === undefined ? {} : { assessment_name: name });
}

/** Returns how many there were. */
export async function forgetClosedFindings(tx: Tx, closedBeforeDays: number, limit: number): Promise<number> {
  const { numAffectedRows } = await sql`
    delete from findings where tenant_id = current_tenant() and id in (
      select id from findings
      where tenant_id = current_tenant() and not is_open and closed_at < now() - make_interval(days => ${closedBeforeDays}) limit ${limit}
    )`.execute(tx);
  return Number(numAffectedRows ?? 0n);
}

export type WaiverRow = Selectable<Schema['waivers']>;

export async function insertWaiver(tx: Tx, row: Insertable<Schema['waivers']>): Promise<WaiverRow> {
  return tx.insertInto('waivers').values(row).returningAll().executeTakeFirstOrThrow();
}

/** One more than the limit, newest first. */
export async function listWaivers(tx: Tx, { limit, offset, afterId }: PageRequest): Promise<WaiverRow[]> {
  return tx
    .selectFrom('waivers')
    .selectAll()
    .$if(afterId !== undefined, (query) => query.where('id', '<', afterId!))
    .orderBy('id', 'desc')
    .limit(limit + 1)
    .offset(offset ?? 0)
    .execute();
}

export async function countWaivers(tx: Tx): Promise<number> {
  const { count } = await tx
    .selectFrom('waivers')
    .select((row) => row.fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow();
  return count;
}

export async function deleteWaiver(tx: Tx, id: string): Promise<WaiverRow | undefined> {
  return tx.deleteFrom('waivers').where('id', '=', id).returningAll().executeTakeFirst();
}
