import type { QueryOf, operations } from '@deployguard/contracts';
import type { Selectable } from 'kysely';
import type { Schema, Tx } from '../../platform/database/index.ts';
import { ApiError } from '../../platform/http/index.ts';
import type { PageRequest } from '../../platform/http/index.ts';

export type AuditRow = Selectable<Schema['audit_logs']>;

type AuditFilter = QueryOf<typeof operations.listAudit>;

/** One more than the limit, in the order of the chain or against it. */
export async function listAuditEntries(tx: Tx, filter: AuditFilter, { limit, offset, afterId }: PageRequest): Promise<AuditRow[]> {
  const isOldestFirst = filter.order === 'oldest';
  return filterEntries(tx, filter)
    .selectAll()
    .$if(afterId !== undefined, (query) =>
      query.where('seq', isOldestFirst ? '>' : '<', (row) =>
        row.selectFrom('audit_logs as last').select('last.seq').where('last.id', '=', afterId!),
      ),
    )
    .orderBy('seq', isOldestFirst ? 'asc' : 'desc')
    .limit(limit + 1)
    .offset(offset ?? 0)
    .execute();
}

export async function countAuditEntries(tx: Tx, filter: AuditFilter): Promise<number> {
  const { count } = await filterEntries(tx, filter)
    .select((row) => row.fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow();
  return count;
}

function filterEntries(tx: Tx, { job_id: jobId, user_id: userId, action, since, until }: AuditFilter) {
  return tx
    .selectFrom('audit_logs')
    .$if(jobId !== undefined, (query) => query.where('job_id', '=', jobId!))
    .$if(userId !== undefined, (query) => query.where('user_id', '=', userId!))
    .$if(action !== undefined, (query) => query.where('action', '=', action!))
    .$if(since !== undefined, (query) => query.where('created_at', '>=', parseTime(since!, '/since')))
    .$if(until !== undefined, (query) => query.where('created_at', '<', parseTime(until!, '/until')));
}

/** Leap seconds follow the form of a time, and are none that a calendar has. */
function parseTime(text: string, path: string): Date {
  const time = new Date(text);
  if (!Number.isNaN(time.getTime())) return time;
  const message = 'is no time that can be compared';
  throw new ApiError('INVALID', `The query is not valid: ${path} ${message}.`, { errors: [{ in: 'query', path, message }] });
}
