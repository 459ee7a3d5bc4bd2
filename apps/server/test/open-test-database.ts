import { randomBytes, randomUUIDv7 } from 'node:crypto';
import { startTestServices } from '@deployguard/testkit';
import { Client, Pool } from 'pg';
import { createMigrator, openDatabase } from '../src/platform/database/index.ts';
import type { Database } from '../src/platform/database/index.ts';

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
  return openOn(serverUrl ?? (await startTestServices(['postgres'])).environment['DATABASE_URL']!, maxConnections);
}

async function openOn(serverUrl: string, maxConnections: number): Promise<TestDatabase> {
  const name = `test_${randomBytes(6).toString('hex')}`;
  await withClient(serverUrl, async (client) => {
    await client.query(`create database ${name}`);
    await client.query(`create role ${name} login password '${name}'`);
  });
  await createMigrator({ url: toUrl(serverUrl, name), appRole: name }).upgrade();
  // A pool: it survives a restart of the server.
  const owner = new Pool({ connectionString: toUrl(serverUrl, name), max: 1 });
  owner.on('error', () => {});
  const tenantId = randomUUIDv7();
  await owner.query('insert into tenants (tenant_id, id, user_id) values ($1, $1, $2)', [tenantId, 'alice']);

  const url = toUrl(serverUrl, name, name);
  const database = openDatabase({ url, maxConnections });
  return {
    ...database,
    url,
    tenantId,
    query: async <Row>(text: string, values?: unknown[]) => (await owner.query(text, values)).rows as Row[],
    async close() {
      await database.close();
      await owner.end();
      await withClient(serverUrl, async (client) => {
        await client.query(`drop database ${name} with (force)`);
        await client.query(`drop role ${name}`);
      });
    },
  };
}

async function withClient(url: string, work: (client: Client) => Promise<void>): Promise<void> {
  const client = new Client(url);
  await client.connect();
  try {
    await work(client);
  } finally {
    await client.end();
  }
}

function toUrl(serverUrl: string, database: string, login?: string): string {
  const url = new URL(serverUrl);
  url.pathname = `/${database}`;
  if (login !== undefined) [url.username, url.password] = [login, login];
  return url.href;
}
