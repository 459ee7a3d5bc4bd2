import { sql } from 'kysely';
import type { Database } from '../src/platform/database/index.ts';

/** What a queue costs at the very least: claims and ends rows of the table `floor` until there are none, one statement each. */
export async function claimByHand({ db }: Pick<Database, 'db'>): Promise<void> {
  for (;;) {
    const { rows } = await sql<{ id: string }>`
      update floor set state = 'running'
      where id = (select id from floor where state = 'queued' limit 1 for update skip locked) returning id`.execute(db);
    if (rows.length === 0) return;
    await sql`update floor set state = 'done' where id = ${rows[0]!.id}`.execute(db);
  }
}
