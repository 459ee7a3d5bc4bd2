import { sql } from 'kysely';
import { Readable } from 'node:stream';
import type { Tx } from '../../platform/database/index.ts';
import type { TaskContext } from '../../platform/tasks/index.ts';
import { importChangedError } from './import-error.ts';
import { FindingNumbers } from './finding-numbers.ts';
import { rowEnd } from './print-finding-row.ts';

/** What became of the findings of an assessment. */
export interface StoredFindings {
  readonly new: number;
  readonly unchanged: number;
  readonly reopened: number;
  readonly closed: number;
}

export interface StoreOptions {
  readonly importId: string;
  readonly assessmentId: string;
  /** Findings that were known before the import began, and that the rows do not hold, are closed. */
  readonly closesOthers: boolean;
  readonly startedAt: Date;
  readonly onProgress: (stored: number) => Promise<void>;
}

/**
 * Stores rows, as `printFindingRow` writes them, in short transactions: what is not known is new; of what is known only that is written which is
 * another now. Whoever is cut off begins again and finds the same.
 */
export async function storeFindings(rows: Readable, options: StoreOptions, context: TaskContext): Promise<StoredFindings> {
  const seen = new FindingNumbers();
  const counts = { new: 0, unchanged: 0, reopened: 0, closed: 0 };
  let stored = 0;
  // The next ones are cut while the database is at work.
  for await (const batch of Readable.from(cutBatches(rows), { highWaterMark: 2 }) as AsyncIterable<Buffer>) {
    context.signal.throwIfAborted();
    const found = await context.fenced((tx) => storeBatch(tx, batch, options));
    for (const { number, change } of found) {
      stored++;
      if (seen.add(number)) counts[change]++;
    }
    await options.onProgress(stored);
  }
  if (options.closesOthers) counts.closed = await closeOthers(seen, options, context);
  return counts;
}

/** A statement gets about so much: many enough rows, and none of many megabytes. */
const batchBytes = 2 * 1024 * 1024;

const [listStart, listEnd] = [Buffer.from('['), Buffer.from(']')];

/** JSON lists of rows. */
async function* cutBatches(rows: Readable): AsyncGenerator<Buffer> {
  let parts: Buffer[] = [listStart];
  let bytes = 0;
  for await (const chunk of rows as AsyncIterable<Buffer>) {
    const end = bytes + chunk.length < batchBytes ? -1 : chunk.lastIndexOf(rowEnd);
    if (end === -1) {
      parts.push(chunk);
      bytes += chunk.length;
      continue;
    }
    yield Buffer.concat([...parts, chunk.subarray(0, end), listEnd]);
    const rest = chunk.subarray(end + rowEnd.length);
    parts = [listStart, rest];
    bytes = rest.length;
  }
  if (bytes === 0) return;
  const last = Buffer.concat(parts);
  yield Buffer.concat([last.subarray(0, -rowEnd.length), listEnd]);
}

interface StoredFinding {
  readonly number: number;
  readonly change: 'new' | 'unchanged' | 'reopened';
}

/** What `printFindingRow` writes. */
const rowType = sql.raw(`(id uuid, key bytea, duplicate_of bytea, severity smallint, kind text, tool text, rule_id text, title text,
  package_name text, place text, asset text, has_fix boolean, is_known_exploited boolean, epss real, suppression text, content json,
  content_hash bytea)`);
const columns = `key, duplicate_of, severity, kind, tool, rule_id, title, package_name, place, asset, has_fix, is_known_exploited, epss,
  suppression, content, content_hash`;
const changes = columns
  .split(/,\s*/)
  .filter((name) => name !== 'key')
  .map((name) => `${name} = given.${name}`)
  .join(', ');

async function storeBatch(tx: Tx, batch: Buffer, options: StoreOptions): Promise<StoredFinding[]> {
  const { importId, assessmentId } = options;
  const { last } = await lockAssessment(tx, options);
  const { rows } = await sql<StoredFinding>`
    -- Reports that keep the fingerprints of another one may hold one of them twice.
    with given as materialized (
      select distinct on (key) * from json_to_recordset(${batch}::json) as row ${rowType} order by key, content_hash
    ),
    known as materialized (
      select findings.id, findings.number, given.id as given_id, findings.first_import_id = ${importId} as is_new,
        not findings.is_open or findings.decision is not distinct from 'fixed' as is_back,
        findings.content_hash <> given.content_hash or findings.duplicate_of is distinct from given.duplicate_of as is_other
      from given cross join lateral (
        -- One by one through the index: of a table that grows so fast PostgreSQL has no figures yet, and would read all of it for each batch.
        select * from findings
        where tenant_id = current_tenant() and assessment_id = ${assessmentId} and findings.key = given.key limit 1
      ) findings
    ), renewed as (
      update findings set ${sql.raw(changes)}, is_open = true, closed_at = null,
        opened_import_id = case when known.is_back then ${importId}::uuid else opened_import_id end,
        decision = case when decision = 'fixed' then null else decision end
      from known join given on given.id = known.given_id
      where findings.tenant_id = current_tenant() and findings.id = known.id and (known.is_back or known.is_other)
    ), added as (
      insert into findings (id, assessment_id, number, first_import_id, opened_import_id, ${sql.raw(columns)})
      select id, ${assessmentId}, ${last}::integer + row_number() over (), ${importId}, ${importId}, ${sql.raw(columns)}
      from given where not exists (select from known where known.given_id = given.id)
      returning number
    ), counted as (
      update assessments set last_finding_number = greatest(last_finding_number, (select max(number) from added))
      where tenant_id = current_tenant() and id = ${assessmentId} and exists (select from added)
    )
    select number, 'new' as change from added
    union all
    select number, case when is_new then 'new' when is_back then 'reopened' else 'unchanged' end from known`.execute(tx);
  return rows;
}

/** One batch at a time in each assessment, and none of an import that was cancelled: whoever cancels waits for the batch. */
async function lockAssessment(tx: Tx, { importId, assessmentId }: StoreOptions): Promise<{ readonly last: number }> {
  const { rows } = await sql<{ last: number }>`
    select last_finding_number as last from assessments, imports
    where assessments.tenant_id = current_tenant() and assessments.id = ${assessmentId}
      and imports.tenant_id = current_tenant() and imports.id = ${importId} and status = 'processing'
    for no key update of assessments for share of imports`.execute(tx);
  const [assessment] = rows;
  if (assessment === undefined) throw importChangedError();
  return assessment;
}

const closingBatch = 10_000;

/** What the report does not hold any more. Findings that an import brings which began later are not this one's to judge. */
async function closeOthers(seen: FindingNumbers, options: StoreOptions, context: TaskContext): Promise<number> {
  const { last } = await context.fenced((tx) => lockAssessment(tx, options));
  let closed = 0;
  for (let next = seen.findMissing(1); next <= last;) {
    context.signal.throwIfAborted();
    const page = await context.fenced((tx) => closePage(tx, seen, options, next));
    closed += page.closed;
    next = seen.findMissing(page.end);
  }
  return closed;
}

/** Closes what is open from a number on, up to the number at which it ends. */
async function closePage(
  tx: Tx,
  seen: FindingNumbers,
  options: StoreOptions,
  first: number,
): Promise<{ readonly closed: number; readonly end: number }> {
  const { assessmentId, startedAt } = options;
  await lockAssessment(tx, options);
  // In the order of the index by number, which PostgreSQL would not be sure to take while it has no figures of the table.
  const { rows } = await sql<{ id: string; number: number; may_close: boolean }>`
    select id, number, first_seen_at < ${startedAt} as may_close from findings
    where tenant_id = current_tenant() and assessment_id = ${assessmentId} and is_open and number >= ${first}
    order by number limit ${closingBatch}`.execute(tx);
  const gone = rows.filter(({ number, may_close: mayClose }) => mayClose && !seen.has(number)).map(({ id }) => id);
  if (gone.length > 0) {
    await sql`update findings set is_open = false, closed_at = now()
      where tenant_id = current_tenant() and id = any(${gone}::uuid[])`.execute(tx);
  }
  return { closed: gone.length, end: rows.length < closingBatch ? Infinity : rows.at(-1)!.number + 1 };
}
