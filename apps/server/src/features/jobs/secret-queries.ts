import { sql } from 'kysely';
import type { Insertable, Selectable } from 'kysely';
import type { SecretFilter as FittingSecrets } from '@deployguard/contracts';
import { isAtLeast, severities } from '@deployguard/findings';
import type { Severity } from '@deployguard/findings';
import type { Schema, Tx } from '../../platform/database/index.ts';
import type { PageRequest } from '../../platform/http/index.ts';

export type SecretRow = Selectable<Schema['secrets_found']>;
export type NewSecret = Insertable<Schema['secrets_found']>;

export interface SecretFilter {
  readonly secret_type?: string | undefined;
  readonly rule_id?: string | undefined;
  readonly file_path?: string | undefined;
  readonly selected?: boolean | undefined;
  readonly false_positive?: boolean | undefined;
}

const rowsPerInsert = 1000;

export async function insertSecrets(tx: Tx, secrets: readonly NewSecret[]): Promise<void> {
  for (let start = 0; start < secrets.length; start += rowsPerInsert) {
    await tx
      .insertInto('secrets_found')
      .values(secrets.slice(start, start + rowsPerInsert))
      .execute();
  }
}

/** One more than the limit. Ids were given out in the order of the findings, worst first. */
export async function listSecrets(
  tx: Tx,
  jobId: string,
  filter: SecretFilter,
  { limit, offset, afterId }: PageRequest,
): Promise<SecretRow[]> {
  return filterSecrets(tx, jobId, filter)
    .selectAll()
    .$if(afterId !== undefined, (query) => query.where('id', '>', afterId!))
    .orderBy('id')
    .limit(limit + 1)
    .offset(offset ?? 0)
    .execute();
}

export async function countSecrets(tx: Tx, jobId: string, filter: SecretFilter): Promise<number> {
  const { count } = await filterSecrets(tx, jobId, filter)
    .select((row) => row.fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow();
  return count;
}

function filterSecrets(
  tx: Tx,
  jobId: string,
  { secret_type: type, rule_id: rule, file_path: path, selected, false_positive: falsePositive }: SecretFilter,
) {
  return tx
    .selectFrom('secrets_found')
    .where('job_id', '=', jobId)
    .$if(type !== undefined, (query) => query.where('secret_type', '=', type!))
    .$if(rule !== undefined, (query) => query.where('rule_id', '=', rule!))
    .$if(path !== undefined, (query) => query.where('file_path', '=', path!))
    .$if(selected !== undefined, (query) => query.where('selected_for_cleaning', '=', selected!))
    .$if(falsePositive !== undefined, (query) => query.where('is_false_positive', '=', falsePositive!));
}

/** Which of the ids the job has. */
export async function countKnownSecrets(tx: Tx, jobId: string, ids: readonly string[]): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select count(*)::integer as count from secrets_found
    where tenant_id = current_tenant() and job_id = ${jobId} and id = any(${ids}::uuid[])`.execute(tx);
  return rows[0]!.count;
}

/** Exactly these are selected and marked afterwards. */
export async function markSecrets(tx: Tx, jobId: string, selected: readonly string[], falsePositives: readonly string[]): Promise<void> {
  await sql`
    update secrets_found set selected_for_cleaning = id = any(${selected}::uuid[]),
      is_false_positive = (is_false_positive or id = any(${falsePositives}::uuid[])) and not id = any(${selected}::uuid[])
    where tenant_id = current_tenant() and job_id = ${jobId}`.execute(tx);
}

/** Exactly those that fit and are no false positives are selected afterwards. Tells how many. */
export async function markFittingSecrets(
  tx: Tx,
  jobId: string,
  { min_severity: minSeverity = 'info', secret_types: types, rule_ids: rules, except_ids: except = [] }: FittingSecrets,
  falsePositives: readonly string[],
): Promise<number> {
  const fitting = severities.filter((severity) => isAtLeast(severity, minSeverity));
  const { rows } = await sql<{ count: number }>`
    with marked as (
      update secrets_found set is_false_positive = is_false_positive or id = any(${falsePositives}::uuid[]),
        selected_for_cleaning = not (is_false_positive or id = any(${falsePositives}::uuid[]) or id = any(${except}::uuid[]))
          and severity = any(${fitting}::text[])
          and (${types ?? null}::text[] is null or secret_type = any(${types ?? null}::text[]))
          and (${rules ?? null}::text[] is null or rule_id = any(${rules ?? null}::text[]))
      where tenant_id = current_tenant() and job_id = ${jobId}
      returning selected_for_cleaning
    )
    select count(*) filter (where selected_for_cleaning)::integer as count from marked`.execute(tx);
  return rows[0]!.count;
}

/** The first of those that are selected, by id. */
export async function listSelectedIds(tx: Tx, jobId: string, limit: number): Promise<string[]> {
  const rows = await tx
    .selectFrom('secrets_found')
    .select('id')
    .where('job_id', '=', jobId)
    .where('selected_for_cleaning', '=', true)
    .orderBy('id')
    .limit(limit)
    .execute();
  return rows.map(({ id }) => id);
}

/** The keyed hashes of the values that are to go. */
export async function listSelectedHashes(tx: Tx, jobId: string): Promise<string[]> {
  const rows = await tx
    .selectFrom('secrets_found')
    .select('secret_value_hash')
    .distinct()
    .where('job_id', '=', jobId)
    .where('selected_for_cleaning', '=', true)
    .execute();
  return rows.map((row) => row.secret_value_hash);
}

export async function countSecretsBySeverity(tx: Tx, jobId: string): Promise<Map<Severity, number>> {
  const rows = await tx
    .selectFrom('secrets_found')
    .select((row) => ['severity', row.fn.countAll<number>().as('count')] as const)
    .where('job_id', '=', jobId)
    .groupBy('severity')
    .execute();
  return new Map(rows.map(({ severity, count }) => [severity, count]));
}

/** One secret of each rule that found any. */
export async function listSecretsByRule(tx: Tx, jobId: string): Promise<SecretRow[]> {
  return tx
    .selectFrom('secrets_found')
    .distinctOn('rule_id')
    .selectAll()
    .where('job_id', '=', jobId)
    .orderBy('rule_id')
    .orderBy('id')
    .execute();
}

export async function deleteSecrets(tx: Tx, jobId: string): Promise<void> {
  await tx.deleteFrom('secrets_found').where('job_id', '=', jobId).execute();
}
