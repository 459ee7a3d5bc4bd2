import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openTestApp } from '../test/open-test-app.ts';
import { createResource } from '../test/test-resources.ts';
import { createTestDatabase } from '../test/create-test-database.ts';
import { query } from '../test/start-test-cluster.ts';
import { createMigrator, openDatabase } from './platform/database/index.ts';
import { loadMigrations, parseMigration } from './platform/database/migrations/load-migrations.ts';

test('a replica goes on answering while a newer version adds a column to every table, and after it', { timeout: 120_000 }, async () => {
  await using stack = new AsyncDisposableStack();
  const logins = await createTestDatabase();
  stack.defer(() => logins.stop());
  const database = openDatabase({ url: logins.url });
  stack.defer(() => database.close());
  const service = await openTestApp({ database });
  stack.defer(() => service.close());
  const tables = await query<{ name: string }>(
    logins.superuserUrl,
    `select quote_ident(tablename) as name from pg_tables where schemaname = 'public' and tablename <> 'schema_migrations'`,
  );
  const known = loadMigrations();
  // One step for each table: a step that locks several waits for those who hold some of them and wait for others.
  const next = tables.map(({ name }, index) =>
    parseMigration(
      `${String(known.length + 1 + index).padStart(4, '0')}-next.sql`,
      `-- migrate:up\nalter table ${name} add next_thing integer default 7;\n-- migrate:down\nalter table ${name} drop next_thing;\n`,
    ),
  );
  const headers = { ...(await service.asUser('alice')), 'content-type': 'application/json' };
  const { key } = (await (
    await fetch(`${service.url}/api/v2/api-keys`, {
      method: 'POST',
      headers,
      body: JSON.stringify({ name: 'upgrade', scopes: ['jobs:read', 'jobs:write'] }),
    })
  ).json()) as { key: string };
  const { id: jobId } = await createResource(service, '/api/v2/jobs', 'alice');
  const refused: string[] = [];
  const ask = async (
    method: string,
    path: string,
    body?: unknown,
    how: Record<string, string> = headers,
  ): Promise<{ webhook?: { id: string } }> => {
    const answer = await fetch(service.url + path, { method, headers: how, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
    const text = await answer.text();
    if (!answer.ok) refused.push(`${method} ${path} ${answer.status} ${text}`);
    return JSON.parse(text) as { webhook?: { id: string } };
  };
  const askAll = async (): Promise<void> => {
    await ask('POST', '/api/v2/jobs', { source_platform: 'generic', source_url: 'https://git.example.com/a.git' });
    await ask('GET', `/api/v2/jobs/${jobId}`, undefined, { 'x-api-key': key });
    for (const path of ['jobs', `jobs/${jobId}/secrets`, 'audit', 'api-keys', 'webhooks', 'tasks']) await ask('GET', `/api/v2/${path}`);
    const { webhook } = await ask('POST', '/api/v2/webhooks', { url: 'https://hooks.example.com/', events: ['job.completed'] });
    // A user has fifty at most, and a slow upgrade is many rounds.
    await ask('DELETE', `/api/v2/webhooks/${webhook?.id}`);
  };
  // Often enough that statements stay prepared.
  for (let round = 0; round < 10; round++) await askAll();
  const upgrading = { isOver: false };

  const upgrade = createMigrator({ url: logins.migrationUrl, appRole: 'deployguard_app', migrations: [...known, ...next] })
    .upgrade()
    .finally(() => (upgrading.isOver = true));
  while (!upgrading.isOver) await askAll();
  const applied = await upgrade;
  for (let round = 0; round < 10; round++) await askAll();

  assert.deepEqual(
    applied.map(({ name }) => name),
    next.map(({ name }) => name),
  );
  assert.deepEqual(refused, []);
});
