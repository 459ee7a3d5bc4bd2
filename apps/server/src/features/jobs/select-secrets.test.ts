import assert from 'node:assert/strict';
import { randomUUIDv7 } from 'node:crypto';
import { after, before, test } from 'node:test';
import type { JobSecret } from '@deployguard/contracts';
import { sql } from 'kysely';
import { openTestApp } from '../../../test/open-test-app.ts';
import type { TestApp } from '../../../test/open-test-app.ts';
import { createResource } from '../../../test/test-resources.ts';

const limit = { timeout: 120_000 };
const perKind = 6000;
// Two kinds, so that there are more than can be named in one request.
const kinds = [
  { rule: 'stripe-secret-key', type: 'api_key', severity: 'critical' },
  { rule: 'generic-password', type: 'password', severity: 'low' },
];

let service: TestApp;
let headers: Record<string, string>;
let jobId: string;

before(async () => {
  service = await openTestApp();
  headers = { ...service.asGateway('alice'), 'content-type': 'application/json' };
  const { id } = await createResource(service, '/api/v2/jobs', 'alice');
  jobId = id!;
  const [tenant] = await service.database.asSystem((tx) =>
    tx.selectFrom('tenants').select('tenant_id').where('user_id', '=', 'alice').execute(),
  );
  await service.database.asTenant(tenant!.tenant_id, async (tx) => {
    await tx.deleteFrom('secrets_found').execute();
    for (const { rule, type, severity } of kinds) {
      await sql`
        insert into secrets_found (id, job_id, finding_id, rule_id, secret_type, severity, secret_value_hash, secret_value_preview, file_path, location)
        select gen_random_uuid(), ${jobId}, substr(md5(${rule} || number), 1, 16), ${rule}, ${type}, ${severity}, repeat('0', 64), 'abc...xyz', 'a.env', '{"title":"A secret"}'
        from generate_series(1, ${perKind}) as number`.execute(tx);
    }
    await tx.updateTable('jobs').set({ status: 'awaiting_selection' }).where('id', '=', jobId).execute();
  });
});
after(() => service.close());

test('all are selected in one request, however many they are', limit, async () => {
  const all = await select({ filter: {} });

  assert.deepEqual([all.status, all.body['selected']], [200, 2 * perKind]);
  assert.equal(await countSelected(), 2 * perKind);
});

test(
  'severity, kind and rule choose; what is named is left out; what was selected before and does not fit no longer is',
  limit,
  async () => {
    const [one, other] = await list('?rule_id=stripe-secret-key&limit=2');

    const serious = await select({ filter: { min_severity: 'medium', except_ids: [one!.id] }, mark_false_positives: [other!.id] });
    const passwords = await select({ filter: { secret_types: ['password'] } });
    const ofRule = await select({ filter: { rule_ids: ['stripe-secret-key'] } });

    assert.deepEqual([serious.body['selected'], serious.body['false_positives']], [perKind - 2, 1]);
    assert.equal(passwords.body['selected'], perKind);
    // What was marked as none stays so.
    assert.equal(ofRule.body['selected'], perKind - 1);
    assert.equal(await countSelected(), perKind - 1);
  },
);

test(
  'a filter that lets nothing through, an unknown id, both ways at once and neither are refused, and change nothing',
  limit,
  async () => {
    await select({ filter: { secret_types: ['password'] } });

    const refused = await Promise.all([
      select({ filter: { secret_types: ['token'] } }),
      select({ filter: { except_ids: [randomUUIDv7()] } }),
      select({ filter: {}, secret_ids: [] }),
      select({}),
    ]);

    assert.deepEqual(
      refused.map(({ status }) => status),
      [422, 422, 422, 422],
    );
    assert.equal(await countSelected(), perKind);
  },
);

test(
  'which secrets were selected stands in the audit log: by their ids, or by the filter where they are more than ten thousand',
  limit,
  async () => {
    const [one, other, third] = await list('?limit=3');
    const thousands = (await listAllIds()).slice(0, 2500);

    await select({ secret_ids: [one!.id], mark_false_positives: [other!.id] });
    const [few] = await listAudit();
    await select({ secret_ids: thousands });
    const many = (await listAudit()).slice(0, 4);
    await select({ filter: { except_ids: [third!.id] } });
    const [filtered] = await listAudit();

    assert.deepEqual([few!['secret_ids'], few!['false_positive_ids'], few!['selected']], [[one!.id], [other!.id], 1]);
    assert.deepEqual(many.flatMap(({ secret_ids: ids }) => ids ?? []).sort(), thousands.toSorted());
    assert.deepEqual(new Set(many.map(({ selection }) => selection)).size, 1);
    const { selection, ...rest } = filtered!;
    assert.match(String(selection), /^[0-9a-f]{64}$/);
    assert.deepEqual(rest, { selected: 2 * perKind - 1, false_positives: 0, filter: {}, except_ids: [third!.id] });
  },
);

/** What the newest entries about selections say. */
async function listAudit(): Promise<Record<string, unknown>[]> {
  const answer = await fetch(`${service.url}/api/v2/audit?job_id=${jobId}&limit=20`, { headers });
  const { items } = (await answer.json()) as { items: { action: string; details: Record<string, unknown> }[] };
  return items.filter(({ action }) => action === 'secrets_selected').map(({ details }) => details);
}

async function listAllIds(): Promise<string[]> {
  const { tenant_id: tenantId } = await service.database.asSystem((tx) =>
    tx.selectFrom('tenants').select('tenant_id').where('user_id', '=', 'alice').executeTakeFirstOrThrow(),
  );
  const rows = await service.database.asTenant(tenantId, (tx) => tx.selectFrom('secrets_found').select('id').orderBy('id').execute());
  return rows.map(({ id }) => id);
}

async function select(body: unknown): Promise<{ status: number; body: Record<string, unknown> }> {
  const answer = await fetch(`${service.url}/api/v2/jobs/${jobId}/secrets/select`, { method: 'POST', headers, body: JSON.stringify(body) });
  return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
}

async function list(query: string): Promise<JobSecret[]> {
  const answer = await fetch(`${service.url}/api/v2/jobs/${jobId}/secrets${query}`, { headers });
  return ((await answer.json()) as { items: JobSecret[] }).items;
}

async function countSelected(): Promise<number> {
  const answer = await fetch(`${service.url}/api/v2/jobs/${jobId}/secrets?selected=true&limit=1&offset=0`, { headers });
  return ((await answer.json()) as { total: number }).total;
}
