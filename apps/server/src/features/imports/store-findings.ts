import { sql } from 'kysely';
import { Readable } from 'node:stream';
import type { Tx } from '../../platform/database/index.ts';
import type { TaskContext } from '../../platform/tasks/index.ts';
import { importChangedError } from './import-error.ts';
import { FindingNumbers } from './finding-numbers.ts';
import { readRowHead, rowEnd } from './print-finding-row.ts';
import type { RowHead } from './print-finding-row.ts';

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
  let areMostKnown = true;
  // The next ones are cut while the database is at work.
  for await (const batch of Readable.from(cutBatches(rows), { highWaterMark: 2 }) as AsyncIterable<Buffer>) {
    context.signal.throwIfAborted();
    const found = await context.fenced((tx) => storeBatch(tx, batch, { ...options, areMostKnown }));
    for (const { number, change } of found) {
      stored++;
      if (seen.add(number)) counts[change]++;
    }
    areMostKnown = found.filter(({ change }) => change !== 'new').length > found.length / 2;
    await options.onProgress(stored);
  }
  if (options.closesOthers) counts.closed = await closeOthers(seen, options, context);
  return counts;
}

/** A transaction gets about so much: many enough rows, and none of many megabytes. */
const batchBytes = 2 * 1024 * 1024;

/** Whole rows. */
async function* cutBatches(rows: Readable): AsyncGenerator<Buffer> {
  let parts: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of rows as AsyncIterable<Buffer>) {
    const last = bytes + chunk.length < batchBytes ? -1 : chunk.lastIndexOf(rowEnd);
    if (last === -1) {
      parts.push(chunk);
      bytes += chunk.length;
      continue;
    }
    const rest = chunk.subarray(last + rowEnd.length);
    yield Buffer.concat([...parts, chunk.subarray(0, last + rowEnd.length)]);
    parts = [rest];
    bytes = rest.length;
  }
  if (bytes > 0) yield Buffer.concat(parts);
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

interface BatchOptions extends StoreOptions {
  /** Whether to look first for what the database holds as it is: that need not be sent to it. */
  readonly areMostKnown: boolean;
}

async function storeBatch(tx: Tx, batch: Buffer, options: BatchOptions): Promise<readonly StoredFinding[]> {
  const { last } = await lockAssessment(tx, options);
  if (last === 0 || !options.areMostKnown) return storeRows(tx, batch, options, last);
  const rows = splitRows(batch);
  const known = await findUnchanged(tx, rows, options);
  const others = rows.filter(({ key }) => !known.has(key)).map(({ bytes }) => bytes);
  return [...known.values(), ...(others.length === 0 ? [] : await storeRows(tx, Buffer.concat(others), options, last))];
}

interface Row extends RowHead {
  readonly bytes: Buffer;
}

function splitRows(batch: Buffer): Row[] {
  const rows: Row[] = [];
  for (let start = 0; start < batch.length;) {
    const end = batch.indexOf(rowEnd, start) + rowEnd.length;
    rows.push({ ...readRowHead(batch, start), bytes: batch.subarray(start, end) });
    start = end;
  }
  return rows;
}

/** By their keys. */
async function findUnchanged(
  tx: Tx,
  given: readonly RowHead[],
  { importId, assessmentId }: StoreOptions,
): Promise<ReadonlyMap<string, StoredFinding>> {
  const { rows } = await sql<StoredFinding & { key: string }>`
    select given.key, number, case when first_import_id = ${importId} then 'new' else 'unchanged' end as change
    from unnest(
      ${given.map(({ key }) => key)}::text[],
      ${given.map(({ contentHash }) => contentHash)}::text[],
      ${given.map(({ duplicateOf = null }) => duplicateOf)}::text[]
    ) as given (key, content_hash, duplicate_of)
    cross join lateral (
      select * from findings
      where tenant_id = current_tenant() and assessment_id = ${assessmentId} and key = decode(given.key, 'hex') limit 1
    ) known
    where is_open and decision is distinct from 'fixed' and known.content_hash = decode(given.content_hash, 'hex')
      and known.duplicate_of is not distinct from decode(given.duplicate_of, 'hex')`.execute(tx);
  return new Map(rows.map((row) => [row.key, row]));
}

const [listStart, listEnd] = [Buffer.from('['), Buffer.from(']')];

async function storeRows(tx: Tx, batch: Buffer, { importId, assessmentId }: StoreOptions, last: number): Promise<readonly StoredFinding[]> {
  const list = Buffer.concat([listStart, batch.subarray(0, -rowEnd.length), listEnd]);
  const { rows } = await sql<StoredFinding>`
    -- Reports that keep the fingerprints of another one may hold one of them twice.
    with given as materialized (
      select distinct on (key) * from json_to_recordset(${list}::json) as row ${rowType} order by key, content_hash
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
