import assert from 'node:assert/strict';
import { randomUUIDv7 } from 'node:crypto';
import { after, before, test } from 'node:test';
import { Client } from 'pg';
import { createTestDatabase } from '../../../test/create-test-database.ts';
import { query, type TestLogins } from '../../../test/start-test-cluster.ts';
import { type Database, openDatabase } from '../database/index.ts';
import { appendAudit, type AuditAnchor, verifyAudit } from './index.ts';

let logins: TestLogins;
let database: Database;
/** One who has the database itself: triggers and row-level security do not stop them. */
let intruder: Client;
before(async () => {
  logins = await createTestDatabase();
  database = openDatabase({ url: logins.url, maxConnections: 16 });
  intruder = new Client(logins.superuserUrl);
  await intruder.connect();
  await intruder.query('set session_replication_role = replica');
});
after(async () => {
  await intruder.end();
  await database.close();
  await logins.stop();
});

async function createTenant(entries = 0): Promise<string> {
  const tenantId = randomUUIDv7();
  await database.asSystem((tx) => tx.insertInto('tenants').values({ id: tenantId, tenant_id: tenantId, user_id: tenantId }).execute());
  for (let index = 1; index <= entries; index++) {
    await database.asTenant(tenantId, (tx) =>
      appendAudit(tx, {
        userId: 'alice',
        action: 'scan_started',
        details: { index, text: 'é "quoted"\u2028' },
        ip: '192.0.2.1',
        requestId: `r${index}`,
      }),
    );
  }
  return tenantId;
}

async function headOf(tenantId: string): Promise<AuditAnchor> {
  return (await verifyAudit(database, tenantId)).head;
}

test('entries count up from one and the chain holds', async () => {
  const tenantId = await createTenant(3);

  const verdict = await verifyAudit(database, tenantId);

  assert.equal(verdict.fault, undefined);
  assert.equal(verdict.entries, 3);
  assert.deepEqual(await verifyAudit(database, await createTenant()), {
    entries: 0,
    fault: undefined,
    head: { seq: 0, hash: '0'.repeat(64) },
  });
});

test('an entry stands only when its transaction does', async () => {
  const tenantId = await createTenant(1);

  const failing = database.asTenant(tenantId, async (tx) => {
    await appendAudit(tx, { userId: 'alice', action: 'scan_started' });
    throw new Error('changed my mind');
  });

  await assert.rejects(failing, /changed my mind/);
  assert.deepEqual((await verifyAudit(database, tenantId)).entries, 1);
});

test('O3: sixteen writers make one unbroken chain for each tenant', { timeout: 60_000 }, async () => {
  const tenants = [await createTenant(), await createTenant()];
  const writers = Array.from({ length: 16 }, async (_, writer) => {
    for (let index = 0; index < 25; index++) {
      await database.asTenant(tenants[writer % 2]!, (tx) =>
        appendAudit(tx, { userId: `writer-${writer}`, action: 'scan_started', details: { index } }),
      );
    }
  });

  await Promise.all(writers);

  for (const tenantId of tenants) {
    const { entries, fault } = await verifyAudit(database, tenantId);
    assert.deepEqual({ entries, fault }, { entries: 200, fault: undefined });
  }
});

test('O3: any change of any column is found, where it is', async () => {
  const changes = [
    `user_id = 'mallory'`,
    `action = 'scan_ended'`,
    `job_id = gen_random_uuid()`,
    `details = '{"index":2,"text":"é \\"quoted\\""}'`,
    `details = replace(details::text, ':', ': ')::json`,
    `ip = '192.0.2.2'`,
    `ip = null`,
    `request_id = 'r9'`,
    `created_at = created_at + interval '1 millisecond'`,
    `id = gen_random_uuid()`,
    `hash = reverse(hash)`,
  ];

  for (const change of changes) {
    const tenantId = await createTenant(3);
    await intruder.query(`update audit_logs set ${change} where tenant_id = $1 and seq = 2`, [tenantId]);
    const { entries, fault } = await verifyAudit(database, tenantId);
    assert.deepEqual({ entries, seq: fault?.seq }, { entries: 1, seq: 2 }, change);
  }
});

test('O3: removed, swapped and added entries are found', async () => {
  const insertCopy = `insert into audit_logs select tenant_id, gen_random_uuid(), $2, job_id, user_id, action, details, ip, request_id, created_at, prev_hash, hash
    from audit_logs where tenant_id = $1 and seq = 3`;
  const attacks: readonly (readonly [name: string, run: (tenantId: string) => Promise<unknown>, seq: number])[] = [
    ['first removed', (id) => intruder.query('delete from audit_logs where tenant_id = $1 and seq = 1', [id]), 1],
    ['one removed', (id) => intruder.query('delete from audit_logs where tenant_id = $1 and seq = 2', [id]), 2],
    ['last removed', (id) => intruder.query('delete from audit_logs where tenant_id = $1 and seq = 3', [id]), 3],
    ['all removed', (id) => intruder.query('delete from audit_logs where tenant_id = $1', [id]), 1],
    [
      'removed and renumbered',
      async (id) => {
        await intruder.query('delete from audit_logs where tenant_id = $1 and seq = 2', [id]);
        await intruder.query('update audit_logs set seq = 2 where tenant_id = $1 and seq = 3', [id]);
      },
      2,
    ],
    [
      'swapped',
      async (id) => {
        await intruder.query('update audit_logs set seq = seq + 10 where tenant_id = $1 and seq in (1, 2)', [id]);
        await intruder.query('update audit_logs set seq = 13 - seq where tenant_id = $1 and seq in (11, 12)', [id]);
      },
      1,
    ],
    ['added at the end', (id) => intruder.query(insertCopy, [id, 4]), 4],
    ['head forgotten', (id) => intruder.query('delete from audit_heads where tenant_id = $1', [id]), 1],
  ];

  for (const [name, run, seq] of attacks) {
    const tenantId = await createTenant(3);
    await run(tenantId);
    const { fault } = await verifyAudit(database, tenantId);
    assert.equal(fault?.seq, seq, name);
  }
});

test('O3: a chain that was cut, or made anew, differs from the anchor that was kept', async () => {
  const tenantId = await createTenant(3);
  const anchor = await headOf(tenantId);
  const forged = await createTenant(3);

  await intruder.query('delete from audit_logs where tenant_id = $1 and seq = 3', [tenantId]);
  await intruder.query(
    'update audit_heads set seq = 2, hash = (select hash from audit_logs where tenant_id = $1 and seq = 2) where tenant_id = $1',
    [tenantId],
  );
  const cut = await verifyAudit(database, tenantId, anchor);
  const anew = await verifyAudit(database, forged, anchor);

  assert.equal((await verifyAudit(database, tenantId)).fault, undefined);
  assert.equal(cut.fault?.seq, 3);
  assert.deepEqual(anew.fault, { seq: 3, reason: 'is not what the anchor says' });
});

test('the owner of the tables cannot change the log either', async () => {
  const statements = [`update audit_logs set action = 'nothing'`, 'delete from audit_logs', 'truncate audit_logs'];

  for (const statement of statements) await assert.rejects(query(logins.migrationUrl, statement), /audit_logs is insert-only/, statement);
});
