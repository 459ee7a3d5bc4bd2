import { sql } from 'kysely';
import type { Database } from '../database/index.ts';
import { toErrorRecord } from './task-error.ts';

/** What the scheduler does over and over. It can be cut off, and begin twice when a leader vanishes: it must bear both. */
export interface Duty {
  readonly name: string;
  /**
   * How often. From a minute on the moments are those of the clock (every full hour, midnight UTC), they are remembered in the
   * database, and what was missed while no scheduler ran is made up for once.
   */
  readonly everySeconds: number;
  readonly run: (signal: AbortSignal) => Promise<void>;
}

const longestForgotten = 60;
const retrySeconds = 300;

/** Runs a duty if it is due. Returns whether it was. */
export async function performDuty(database: Database, duty: Duty, signal: AbortSignal): Promise<boolean> {
  if (duty.everySeconds < longestForgotten) {
    await duty.run(signal);
    return true;
  }
  if (!(await beginDuty(database, duty))) return false;
  try {
    await duty.run(signal);
  } catch (error) {
    const record = JSON.stringify(toErrorRecord(error));
    await database.asSystem(async (tx) => {
      await sql`update duties set last_error = ${record}::jsonb where id = ${duty.name}`.execute(tx);
    });
    throw error;
  }
  await database.asSystem(async (tx) => {
    await sql`
      update duties set last_succeeded_at = now(), last_error = null,
        next_run_at = to_timestamp((floor(extract(epoch from now()) / ${duty.everySeconds}::float8) + 1) * ${duty.everySeconds}::float8)
      where id = ${duty.name}`.execute(tx);
  });
  return true;
}

/** If it does not come to its end, it is due again in a few minutes. */
async function beginDuty(database: Database, duty: Duty): Promise<boolean> {
  return database.asSystem(async (tx) => {
    const { rows } = await sql`
      insert into duties as duty (id, next_run_at, last_started_at) values (${duty.name}, now() + make_interval(secs => ${retrySeconds}), now())
      on conflict (tenant_id, id) do update set next_run_at = excluded.next_run_at, last_started_at = excluded.last_started_at
      where duty.next_run_at <= now()
      returning id`.execute(tx);
    return rows.length > 0;
  });
}
