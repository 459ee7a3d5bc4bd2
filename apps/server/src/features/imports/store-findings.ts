import { sql } from 'kysely';
import type { Readable } from 'node:stream';
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
  for await (const batch of cutBatches(rows)) {
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
const batchBytes = 512 * 1024;

/** JSON lists of rows. */
async function* cutBatches(rows: Readable): AsyncGenerator<string> {
  let parts: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of rows as AsyncIterable<Buffer>) {
    const end = bytes + chunk.length < batchBytes ? -1 : chunk.lastIndexOf(rowEnd);
    if (end === -1) {
      parts.push(chunk);
      bytes += chunk.length;
      continue;
    }
    parts.push(chunk.subarray(0, end));
    yield `[${Buffer.concat(parts).toString()}]`;
    const rest = chunk.subarray(end + rowEnd.length);
    parts = [rest];
    bytes = rest.length;
  }
  const last = Buffer.concat(parts);
  if (last.length > 0) yield `[${last.toString('utf8', 0, last.length - rowEnd.length)}]`;
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

async function storeBatch(tx: Tx, batch: string, options: StoreOptions): Promise<StoredFinding[]> {
  const { importId, assessmentId } = options;
  const { last } = await lockAssessment(tx, options);
  const { rows } = await sql<StoredFinding>`
    with given as materialized (select * from json_to_recordset(${batch}::json) as row ${rowType}),
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
      on conflict (tenant_id, assessment_id, key) do nothing
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
const firstKey: Buffer = Buffer.alloc(0);

/** What the report does not hold any more. Findings that an import brings which began later are not this one's to judge. */
async function closeOthers(seen: FindingNumbers, options: StoreOptions, context: TaskContext): Promise<number> {
  let closed = 0;
  for (let after = firstKey; ;) {
    context.signal.throwIfAborted();
    const page = await context.fenced((tx) => closePage(tx, seen, options, after));
    closed += page.closed;
    if (page.last === undefined) return closed;
    after = page.last;
  }
}

async function closePage(
  tx: Tx,
  seen: FindingNumbers,
  options: StoreOptions,
  after: Buffer,
): Promise<{ readonly closed: number; readonly last: Buffer | undefined }> {
  const { assessmentId, startedAt } = options;
  await lockAssessment(tx, options);
  const { rows } = await sql<{ id: string; number: number; key: Buffer; may_close: boolean }>`
    select id, number, key, is_open and first_seen_at < ${startedAt} as may_close from findings
    where tenant_id = current_tenant() and assessment_id = ${assessmentId} and key > ${after}
    order by key limit ${closingBatch}`.execute(tx);
  const gone = rows.filter(({ number, may_close: mayClose }) => mayClose && !seen.has(number)).map(({ id }) => id);
  if (gone.length > 0) {
    await sql`update findings set is_open = false, closed_at = now()
      where tenant_id = current_tenant() and id = any(${gone}::uuid[])`.execute(tx);
  }
  return { closed: gone.length, last: rows.length < closingBatch ? undefined : rows.at(-1)!.key };
}
