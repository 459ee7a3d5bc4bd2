import { randomUUIDv7 } from 'node:crypto';
import { Readable } from 'node:stream';
import type { BodyOf, FindingFilter, FindingStatistics, GateVerdict, QueryOf, Waiver, operations } from '@deployguard/contracts';
import type { ReportedFinding } from '@deployguard/findings';
import { loadWriter } from '@deployguard/reports';
import type { Platform } from '../../feature.ts';
import { appendAudit } from '../../platform/audit/index.ts';
import type { Tx } from '../../platform/database/index.ts';
import { ApiError, auditFieldsOf, buildPage, notFoundError, parsePage } from '../../platform/http/index.ts';
import type { Caller, RequestClaim } from '../../platform/http/index.ts';
import { version } from '../jobs/index.ts';
import { judgeFindings, parsePolicy } from './judge-findings.ts';
import {
  countByDay,
  countByProperties,
  countFindings,
  countKnown,
  countWaivers,
  decideFindings,
  deleteWaiver,
  findFinding,
  insertWaiver,
  listFindings,
  listWaivers,
} from './queries.ts';
import type { DayCount, FindingCount, FindingWithContent } from './queries.ts';
import { readDistinctFindings } from './read-distinct-findings.ts';
import { readStoredFindings } from './read-stored-findings.ts';
import { severityNames } from './severity-numbers.ts';
import { toReportFinding, toWaiver } from './to-answer.ts';

type Ops = typeof operations;
type Idempotency = RequestClaim | undefined;

const mostWaivers = 10_000;

/** What people do with the findings of reports. */
export function createFindingService(platform: Platform) {
  const inTenant = <T>({ actor }: Caller, work: (tx: Tx) => Promise<T>): Promise<T> => platform.database.asTenant(actor.tenantId, work);

  return {
    async list(caller: Caller, { limit, offset, cursor, sort = 'newest', ...filter }: QueryOf<Ops['listFindings']>) {
      const page = parsePage({ limit, offset, cursor });
      return inTenant(caller, async (tx) => ({
        ...buildPage(await listFindings(tx, filter, sort, page), page, toReportFinding),
        ...(page.offset === undefined ? {} : { total: await countFindings(tx, filter) }),
      }));
    },

    async get(caller: Caller, id: string) {
      const row = (await inTenant(caller, (tx) => findFinding(tx, id))) ?? fail('finding');
      return { ...toReportFinding(row), finding: row.content };
    },

    async count(
      caller: Caller,
      { assessment_name: assessment, days = 30 }: QueryOf<Ops['getFindingStatistics']>,
    ): Promise<FindingStatistics> {
      return inTenant(caller, async (tx) => ({
        ...sumUp(await countByProperties(tx, assessment)),
        days: listDays(await countByDay(tx, assessment), days, new Date()),
      }));
    },

    /** The document in pieces, and of what type it is. */
    async export(caller: Caller, { format = 'json', distinct = false, ...filter }: QueryOf<Ops['exportFindings']>, signal: AbortSignal) {
      const emitter = (await loadWriter()).findFindingEmitter(format)!;
      const all = readStoredFindings(platform, caller.actor.tenantId, filter, signal);
      const stored = distinct ? readDistinctFindings(all) : all;
      const findings = {
        async *[Symbol.asyncIterator]() {
          for await (const row of stored) {
            const finding = excuse(row);
            if (emitter.holds?.(finding) ?? true) yield finding;
          }
        },
      };
      const about = { producer: { name: 'DeployGuard', version }, writtenAt: new Date().toISOString() };
      const pieces = emitter.emit(findings, about)[Symbol.asyncIterator]();
      // What does not fit into one document is refused, and no document that breaks off.
      const first = await pieces.next().catch((error: unknown) => {
        if ((error as { code?: unknown }).code !== 'REPORT_MIXED') throw error;
        throw new ApiError('ILLEGAL_STATE', (error as Error).message);
      });
      await inTenant(caller, (tx) =>
        appendAudit(tx, { action: 'findings_exported', details: { format, filter }, ...auditFieldsOf(caller) }),
      );
      return { mediaType: emitter.mediaType, body: Readable.from(continueWith(first, pieces)) };
    },

    async triage(caller: Caller, body: BodyOf<Ops['triageFindings']>, idempotency: Idempotency): Promise<{ changed: number }> {
      const { finding_ids: ids, filter, decision, until } = body;
      if ((ids === undefined) === (filter === undefined)) throw invalid('/finding_ids', 'or filter must be given, and not both');
      if (decision !== null && body.reason === undefined) throw invalid('/reason', 'is missing');
      if (until !== undefined && decision !== 'accepted') throw invalid('/until', 'is for findings that are accepted');
      const { owner = caller.actor.userId, reason } = body;
      const taken = decision === null ? { owner: null, reason: null } : { owner, reason: reason! };
      return inTenant(caller, async (tx) => {
        if (ids !== undefined && (await countKnown(tx, ids)) < ids.length)
          throw invalid('/finding_ids', 'names a finding that there is not');
        const chosen = ids === undefined ? { filter: filter! } : { ids };
        const changed = await decideFindings(tx, chosen, { decision, ...taken, until: until ?? null });
        const answer = { changed };
        await idempotency?.complete(tx, answer);
        const details = { decision, changed, ...(filter === undefined ? { finding_ids: ids!.slice(0, 100) } : { filter }) };
        await appendAudit(tx, { action: 'findings_triaged', details, ...auditFieldsOf(caller) });
        return answer;
      });
    },

    async judge(caller: Caller, body: BodyOf<Ops['evaluateGate']>, signal: AbortSignal, idempotency: Idempotency): Promise<GateVerdict> {
      const { policy: text, assessment_name: assessment, distinct = false } = body;
      const waivers = await inTenant(caller, (tx) => listWaivers(tx, { limit: mostWaivers, offset: undefined, afterId: undefined }));
      const policy = parsePolicy(text, waivers);
      const filter: FindingFilter = { state: 'open', ...(assessment !== undefined && { assessment_name: assessment }) };
      const all = readStoredFindings(platform, caller.actor.tenantId, filter, signal);
      const verdict = await judgeFindings(distinct ? readDistinctFindings(all) : all, policy);
      await inTenant(caller, async (tx) => {
        await idempotency?.complete(tx, verdict);
        const details = { passed: verdict.passed, total: verdict.total, assessment_name: assessment ?? null };
        await appendAudit(tx, { action: 'gate_evaluated', details, ...auditFieldsOf(caller) });
      });
      return verdict;
    },

    async listWaivers(caller: Caller, query: QueryOf<Ops['listWaivers']>) {
      const page = parsePage(query);
      return inTenant(caller, async (tx) => ({
        ...buildPage(await listWaivers(tx, page), page, toWaiver),
        ...(page.offset === undefined ? {} : { total: await countWaivers(tx) }),
      }));
    },

    async createWaiver(caller: Caller, body: BodyOf<Ops['createWaiver']>, idempotency: Idempotency): Promise<Waiver> {
      const { finding, rule, package: pkg, path, owner = caller.actor.userId, reason, until } = body;
      if ((finding ?? rule ?? pkg ?? path) === undefined) throw invalid('/finding', 'rule, package or path must be given');
      return inTenant(caller, async (tx) => {
        if ((await countWaivers(tx)) >= mostWaivers) throw new ApiError('ILLEGAL_STATE', `There are ${mostWaivers} waivers already.`);
        const row = await insertWaiver(tx, {
          id: randomUUIDv7(),
          user_id: caller.actor.userId,
          finding: finding ?? null,
          rule: rule ?? null,
          package: pkg ?? null,
          path: path ?? null,
          owner,
          reason,
          until,
        });
        const waiver = toWaiver(row);
        await idempotency?.complete(tx, waiver);
        await appendAudit(tx, {
          action: 'waiver_created',
          details: { waiver_id: row.id, finding, rule, package: pkg, path, until },
          ...auditFieldsOf(caller),
        });
        return waiver;
      });
    },

    /** Returns what there was. */
    async deleteWaiver(caller: Caller, id: string): Promise<Waiver> {
      return inTenant(caller, async (tx) => {
        const row = (await deleteWaiver(tx, id)) ?? fail('waiver');
        await appendAudit(tx, { action: 'waiver_deleted', details: { waiver_id: id }, ...auditFieldsOf(caller) });
        return toWaiver(row);
      });
    },
  };
}

async function* continueWith(first: IteratorResult<string>, rest: AsyncIterator<string>): AsyncGenerator<string> {
  if (first.done) return;
  yield first.value;
  yield* { [Symbol.asyncIterator]: () => rest };
}

/** What somebody decided about it, others are told as if its report had said it. */
function excuse({ content, decision, decision_reason: reason, decision_until: until }: FindingWithContent): ReportedFinding {
  if (decision === null || (until !== null && until < new Date().toISOString().slice(0, 10))) return content;
  return { ...content, suppression: { kind: decision, ...(reason !== null && { reason }) } };
}

function sumUp(counts: readonly FindingCount[]): Omit<FindingStatistics, 'days'> {
  const open = counts.filter((row) => row.is_open);
  const total = (rows: readonly FindingCount[]): number => rows.reduce((sum, { count }) => sum + count, 0);
  const by = (read: (row: FindingCount) => string): Record<string, number> =>
    Object.fromEntries([...Map.groupBy(open, read)].map(([name, rows]) => [name, total(rows)]));
  const severities = by(({ severity }) => severityNames[severity]!);
  return {
    open: total(open),
    closed: total(counts) - total(open),
    by_severity: Object.fromEntries(severityNames.map((name) => [name, severities[name] ?? 0])) as FindingStatistics['by_severity'],
    by_kind: by(({ kind }) => kind),
    by_tool: by(({ tool }) => tool),
  };
}

/** The last days, today included, oldest first. */
function listDays(changes: readonly DayCount[], days: number, now: Date): FindingStatistics['days'] {
  const dayBefore = (count: number): string => new Date(now.getTime() - count * 86_400_000).toISOString().slice(0, 10);
  const byDay = new Map(changes.map((change) => [change.day, change]));
  const first = dayBefore(days - 1);
  let open = changes.filter(({ day }) => day < first).reduce((sum, change) => sum + change.new - change.closed, 0);
  return Array.from({ length: days }, (_, index) => {
    const day = dayBefore(days - 1 - index);
    const { new: opened = 0, closed = 0 } = byDay.get(day) ?? {};
    open += opened - closed;
    return { day, open, new: opened, closed };
  });
}

function fail(what: string): never {
  throw notFoundError(what);
}

function invalid(path: string, message: string): ApiError {
  return new ApiError('INVALID', `The body is not valid: ${path} ${message}.`, { errors: [{ in: 'body', path, message }] });
}
