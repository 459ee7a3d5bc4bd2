import assert from 'node:assert/strict';
import { randomBytes, randomUUIDv7 } from 'node:crypto';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { sql } from 'kysely';
import { startPart } from '../../../test/start-part.ts';
import { startPgbouncer, type TestPgbouncer } from '../../../test/start-pgbouncer.ts';
import { startTestCluster, type TestCluster } from '../../../test/start-test-cluster.ts';
import { appendAudit, verifyAudit } from '../audit/index.ts';
import { loadKeyring } from '../keyring/index.ts';
import { loadMigrations } from './migrations/load-migrations.ts';
import { createMigrator } from './migrations/migrator.ts';
import { openDatabase } from './open-database.ts';

let cluster: TestCluster;
let bouncer: TestPgbouncer;
before(async () => {
  cluster = await startTestCluster({ isMigrated: false });
  bouncer = await startPgbouncer(cluster, 2);
});
after(async () => {
  await bouncer.stop();
  await cluster.stop();
});

test(
  'through PgBouncer in transaction mode: replicas upgrade at once, tenants share connections and see only their own, notifications come directly',
  { timeout: 60_000 },
  async () => {
    const migrator = { url: bouncer.through(cluster.migrationUrl), appRole: 'deployguard_app' };
    const upgrades = await Promise.all([1, 2, 3].map(() => createMigrator(migrator).upgrade()));
    const database = openDatabase({ url: bouncer.through(cluster.url), listenUrl: cluster.url, maxConnections: 12 });
    const tenants = Array.from({ length: 12 }, () => randomUUIDv7());
    const wrong: unknown[] = [];

    await Promise.all(
      tenants.map(async (tenantId) => {
        await database.asSystem((tx) =>
          tx.insertInto('tenants').values({ id: tenantId, tenant_id: tenantId, user_id: tenantId }).execute(),
        );
        for (let round = 1; round <= 20; round++) {
          const rows = await database.asTenant(tenantId, async (tx) => {
            await appendAudit(tx, { userId: tenantId, action: 'scan_started' });
            return tx.selectFrom('audit_logs').select('tenant_id').execute();
          });
          if (rows.length !== round || rows.some((row) => row.tenant_id !== tenantId)) wrong.push(rows);
          wrong.push(...(await database.db.selectFrom('audit_logs').select('id').execute()));
        }
      }),
    );
    const backends = new Set<unknown>();
    for (let round = 0; round < 10; round++) {
      const { rows } = await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(database.db);
      backends.add(rows[0]!.pid);
    }
    const heard = new Promise<string>(
      (resolve) => void database.listen('doorbell', resolve).then(() => sql`notify doorbell, 'ding'`.execute(database.db)),
    );

    assert.equal(upgrades.flat().length, loadMigrations().length);
    assert.deepEqual(wrong, []);
    for (const tenantId of tenants) assert.equal((await verifyAudit(database, tenantId)).entries, 20);
    assert.ok(backends.size <= 2);
    assert.equal(await heard, 'ding');
    await database.close();
  },
);

test('the service works through PgBouncer in transaction mode', { timeout: 120_000 }, async () => {
  const keyring = join(cluster.directory, 'keyring.json');
  await loadKeyring({ file: keyring, mayCreate: true });
  const proof = randomBytes(24).toString('hex');
  const service = await startPart('serve', {
    DATABASE_URL: bouncer.through(cluster.url),
    DATABASE_MIGRATION_URL: cluster.migrationUrl,
    DATABASE_LISTEN_URL: cluster.url,
    DEPLOYGUARD_DATA_DIRECTORY: join(cluster.directory, 'data'),
    DEPLOYGUARD_KEYRING_FILE: keyring,
    DEPLOYGUARD_AUTH_GATEWAY_PROOFS: proof,
    DEPLOYGUARD_HTTP_USER_REQUESTS_PER_MINUTE: '100000',
    PORT: '0',
  });
  const headers = { 'x-user-id': 'alice', 'x-gateway-proof': proof, 'content-type': 'application/json' };
  // As often as would make statements stay prepared, on connections that are now this one and now that.
  const ids = await Promise.all(
    Array.from({ length: 10 }, async () => {
      const answer = await fetch(`${service.url}/test/work`, { method: 'POST', headers, body: '{"text":"x"}' });
      return ((await answer.json()) as { id: string }).id;
    }),
  );
  const states = await Promise.all(ids.map((id) => waitUntilDone(`${service.url}/test/work/${id}`, headers)));
  const { exitCode } = await service.stop();

  assert.deepEqual(new Set(states), new Set(['succeeded']));
  assert.equal(exitCode, 0);
});

async function waitUntilDone(url: string, headers: Readonly<Record<string, string>>): Promise<string> {
  for (;;) {
    const { state } = (await (await fetch(url, { headers })).json()) as { state: string };
    if (state !== 'queued' && state !== 'running') return state;
    await delay(100);
  }
}
