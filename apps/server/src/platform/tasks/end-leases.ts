import { sql } from 'kysely';
import type { Database } from '../database/index.ts';

/**
 * Ends the leases of tasks and of the scheduler that leads. For a service whose database one process alone can have, before it starts its parts:
 * whoever held them is dead, and so is all that it had started. Tasks still go the reaper's way, which counts the workers that they cost.
 */
export async function endLeases(database: Database): Promise<void> {
  await database.asSystem(async (tx) => {
    await sql`update tasks set lease_until = now() where state = 'running' and lease_until > now()`.execute(tx);
    await sql`update leases set lease_until = '-infinity'`.execute(tx);
  });
}
