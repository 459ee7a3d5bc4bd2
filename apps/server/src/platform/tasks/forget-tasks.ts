import { sql } from 'kysely';
import type { Database } from '../database/index.ts';

const batchSize = 5000;

/** Deletes tasks that ended long ago; dead ones stay longer, for somebody to look at them. Returns how many. */
export async function forgetTasks(
  database: Database,
  { afterDays, deadAfterDays }: { readonly afterDays: number; readonly deadAfterDays: number },
  signal: AbortSignal,
): Promise<number> {
  for (let forgotten = 0; ;) {
    const count = await database.asSystem(async (tx) => {
      const { numAffectedRows } = await sql`
        delete from tasks using (
          select tenant_id, id from tasks
          where finished_at < now() - make_interval(days => ${afterDays})
            and (state <> 'dead' or finished_at < now() - make_interval(days => ${deadAfterDays}))
          limit ${batchSize}
        ) as old where tasks.tenant_id = old.tenant_id and tasks.id = old.id`.execute(tx);
      return Number(numAffectedRows ?? 0n);
    });
    forgotten += count;
    if (count < batchSize || signal.aborted) return forgotten;
  }
}
