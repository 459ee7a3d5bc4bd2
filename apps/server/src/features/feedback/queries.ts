import { randomUUIDv7 } from 'node:crypto';
import { sql } from 'kysely';
import type { Insertable, Selectable } from 'kysely';
import type { Schema, Tx } from '../../platform/database/index.ts';

export async function insertSubmission(
  tx: Tx,
  row: Insertable<Schema['feedback_submissions']>,
): Promise<Selectable<Schema['feedback_submissions']>> {
  return tx.insertInto('feedback_submissions').values(row).returningAll().executeTakeFirstOrThrow();
}

export async function insertItems(tx: Tx, rows: readonly Insertable<Schema['feedback_items']>[]): Promise<void> {
  if (rows.length > 0) await tx.insertInto('feedback_items').values(rows).execute();
}

/**
 * Recounts the patterns of a submission. What a client said last of a value counts, and once, however often it says it. The confidence that a
 * shape is no secret is the share of reports that say so, after one imagined report to the contrary (rule of succession, one-sided): a single
 * voice does not settle it.
 */
export async function learnPatterns(tx: Tx, patterns: readonly string[]): Promise<void> {
  if (patterns.length === 0) return;
  const ids = patterns.map(() => randomUUIDv7());
  await sql`
    insert into known_false_positive_patterns as known (id, pattern, confidence, sample_count, reason)
    select given.id, given.pattern, counted.false_alarms::float8 / (counted.reports + 1), counted.reports,
      counted.false_alarms || ' of ' || counted.reports || ' reports say that it is no secret'
    from unnest(${ids}::uuid[], ${[...patterns]}::text[]) as given (id, pattern)
    join lateral (
      select count(*)::integer as reports, count(*) filter (where not is_true_positive)::integer as false_alarms
      from (
        select distinct on (client_id, value_hash) is_true_positive
        from feedback_items join feedback_submissions on feedback_submissions.id = submission_id
        where feedback_items.tenant_id = current_tenant() and feedback_submissions.tenant_id = current_tenant() and value_pattern = given.pattern
        order by client_id, value_hash, received_at desc, feedback_items.id desc
      ) as said
    ) as counted on true
    where counted.false_alarms > 0 or exists (
      select from known_false_positive_patterns as before where before.tenant_id = current_tenant() and before.pattern = given.pattern)
    order by given.pattern
    on conflict (tenant_id, pattern) do update set confidence = excluded.confidence, sample_count = excluded.sample_count,
      reason = excluded.reason, updated_at = now()`.execute(tx);
}

/** The surest first. */
export async function listPatterns(tx: Tx, minConfidence: number) {
  return tx
    .selectFrom('known_false_positive_patterns')
    .select(['pattern', 'confidence', 'sample_count', 'reason'])
    .where('confidence', '>=', minConfidence)
    .orderBy('confidence', 'desc')
    .orderBy('pattern')
    .execute();
}
