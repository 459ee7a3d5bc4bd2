import { sql } from 'kysely';
import type { Database } from '../database/index.ts';
import type { QueueName } from '../queue/index.ts';

/** What of a queue is not done, for metrics. */
export interface QueueMeasure {
  readonly queue: QueueName;
  readonly state: 'queued' | 'running' | 'dead';
  readonly count: number;
  /** How long the oldest of them could have been run, or has been since it became so. */
  readonly oldestSeconds: number;
}

/** All tenants' tasks that wait, run or are dead, by queue. */
export function measureQueues(database: Pick<Database, 'asSystem'>): Promise<QueueMeasure[]> {
  return database.asSystem(async (tx) => {
    const { rows } = await sql<QueueMeasure>`
      select queue, state, count(*) as count,
        greatest(0, extract(epoch from now() - min(coalesce(finished_at, run_at))))::float8 as "oldestSeconds"
      from tasks where state in ('queued', 'running', 'dead') group by queue, state order by queue, state`.execute(tx);
    return rows;
  });
}
