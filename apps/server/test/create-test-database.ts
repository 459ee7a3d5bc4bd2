import { createHash, randomBytes } from 'node:crypto';
import { startTestServices } from '@deployguard/testkit';
import { Client } from 'pg';
import { createMigrator } from '../src/platform/database/index.ts';
import { loadMigrations } from '../src/platform/database/migrations/load-migrations.ts';
import type { TestLogins } from './start-test-cluster.ts';

const [app, owner] = ['deployguard_app', 'deployguard_owner'];
// Any number that nothing else on the server uses.
const templateLock = 0x6467_7465;

/**
 * A migrated database of its own: a copy of one that was migrated once. Default: on the server that all tests share, for tests to which the
 * server is all the same; those that stop it, or look at what others do there, start one of their own.
 */
export async function createTestDatabase(server?: string): Promise<TestLogins> {
  const serverUrl = server ?? (await startTestServices(['postgres'])).environment['DATABASE_URL']!;
  const name = `test_${randomBytes(6).toString('hex')}`;
  await withClient(serverUrl, async (client) => {
    const template = await prepareTemplate(client, serverUrl);
    await client.query(`create database ${name} template ${template} owner ${owner}`);
  });
  return {
    url: addressOf(serverUrl, name, app),
    migrationUrl: addressOf(serverUrl, name, owner),
    superuserUrl: addressOf(serverUrl, name),
    stop: () => withClient(serverUrl, async (client) => void (await client.query(`drop database ${name} with (force)`))),
  };
}

/** The first who needs it makes it; the others wait. */
async function prepareTemplate(client: Client, serverUrl: string): Promise<string> {
  const migrations = loadMigrations();
  const digest = createHash('sha256').update(migrations.map(({ checksum }) => checksum).join());
  const template = `template_${digest.digest('hex').slice(0, 16)}`;
  await client.query('select pg_advisory_lock($1)', [templateLock]);
  const { rowCount: isThere } = await client.query('select from pg_database where datname = $1', [template]);
  if (!isThere) {
    const { password } = new URL(serverUrl);
    for (const role of [app, owner]) {
      const { rowCount: isKnown } = await client.query('select from pg_roles where rolname = $1', [role]);
      if (!isKnown) await client.query(`create role ${role} login password '${password}'`);
    }
    await client.query(`drop database if exists ${template}_unfinished`);
    await client.query(`create database ${template}_unfinished owner ${owner}`);
    await createMigrator({ url: addressOf(serverUrl, `${template}_unfinished`, owner), appRole: app, migrations }).upgrade();
    await client.query(`alter database ${template}_unfinished rename to ${template}`);
  }
  await client.query('select pg_advisory_unlock($1)', [templateLock]);
  return template;
}

/** All logins have the password of the server's own, which is random. */
function addressOf(serverUrl: string, database: string, login?: string): string {
  const url = new URL(serverUrl);
  url.pathname = `/${database}`;
  if (login !== undefined) url.username = login;
  return url.href;
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
