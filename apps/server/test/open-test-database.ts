import { randomUUIDv7 } from 'node:crypto';
import { Pool } from 'pg';
import { openDatabase } from '../src/platform/database/index.ts';
import type { Database } from '../src/platform/database/index.ts';
import { createTestDatabase } from './create-test-database.ts';

export interface TestDatabase extends Database {
  /** The application's login, not the owner. */
  readonly url: string;
  readonly tenantId: string;
  /** As the superuser: sees everything. */
  query<Row>(text: string, values?: unknown[]): Promise<Row[]>;
}

/** A new, migrated database with one tenant on a real server, dropped by `close`. */
export async function openTestDatabase({
  maxConnections = 10,
  serverUrl,
}: { maxConnections?: number; serverUrl?: string } = {}): Promise<TestDatabase> {
  const { url, superuserUrl, stop } = await createTestDatabase(serverUrl);
  // A pool: it survives a restart of the server.
  const owner = new Pool({ connectionString: superuserUrl, max: 1 });
  owner.on('error', () => {});
  const tenantId = randomUUIDv7();
  await owner.query('insert into tenants (tenant_id, id, user_id) values ($1, $1, $2)', [tenantId, 'alice']);

  const database = openDatabase({ url, maxConnections });
  return {
    ...database,
    url,
    tenantId,
    query: async <Row>(text: string, values?: unknown[]) => (await owner.query(text, values)).rows as Row[],
    async close() {
      await database.close();
      await owner.end();
      await stop();
    },
  };
}
