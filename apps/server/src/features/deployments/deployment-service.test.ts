import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { anApplication } from '../../../test/an-application.ts';
import { startDeploymentsService } from '../../../test/start-deployments-service.ts';
import type { DeploymentsService } from '../../../test/start-deployments-service.ts';
import { listDeployments } from './deployment-queries.ts';

const limit = { timeout: 120_000 };
let service: DeploymentsService;

// Nobody does what is asked for, so all of it waits.
before(async () => {
  service = await startDeploymentsService({
    environment: {
      DEPLOYGUARD_LIMITS_MAX_APPLICATIONS_PER_USER: '4',
      DEPLOYGUARD_LIMITS_MAX_QUEUED_DEPLOYMENTS_PER_USER: '6',
    },
  });
});
after(() => service.stop());

test('of requests at once no more are taken than a user may have applications, and deployments that wait', limit, async () => {
  const source = await service.upload(anApplication('one'));
  const askAtOnce = async (names: readonly string[]) => {
    const answers = await Promise.all(
      names.map((application) => service.call('POST', '/api/v2/deployments', { application, source_id: source })),
    );
    return answers.map(({ status, json }, index) => ({ name: names[index]!, status, detail: String(json['detail']) }));
  };
  const count = (answers: readonly { status: number }[]) =>
    [202, 409].map((each) => answers.filter(({ status }) => status === each).length);

  const first = await askAtOnce(Array.from({ length: 12 }, (_, number) => `app-${number}`));
  const made = first.filter(({ status }) => status === 202).map(({ name }) => name);
  const second = await askAtOnce([...made, ...made, ...made]);

  assert.deepEqual(
    [count(first), count(second)],
    [
      [4, 8],
      [2, 10],
    ],
  );
  assert.match(first.find(({ status }) => status === 409)!.detail, /There are 4 applications already/);
  assert.match(second.find(({ status }) => status === 409)!.detail, /^6 deployments wait or are under way already/);
});

test('the variables of an application have no more room than a program can be given', limit, async () => {
  const { items } = (await service.call('GET', '/api/v2/applications?limit=1')).json as { items: { id: string }[] };
  const path = `/api/v2/applications/${items[0]!.id}/env`;
  const setTen = (from: number) => {
    const names = Array.from({ length: 10 }, (_, index) => `LARGE_${from + index}`);
    return service.call('PATCH', path, { set: Object.fromEntries(names.map((name) => [name, 'x'.repeat(65_536)])) });
  };

  const [first, second] = [await setTen(0), await setTen(10)];
  const smaller = await service.call('PATCH', path, { set: { SMALL: 'x' }, unset: ['LARGE_0'] });

  assert.deepEqual([first.status, second.status, smaller.status], [200, 409, 200], second.text);
  assert.match(String(second.json['detail']), /some 700 KiB together/);
  assert.equal((smaller.json['items'] as unknown[]).length, 10);
});

test('a list of deployments holds nothing of them that is large; one that is shown by itself does', limit, async () => {
  const { items } = (await service.call('GET', '/api/v2/deployments?limit=1')).json as { items: { id: string; application: string }[] };
  const { id, application } = items[0]!;
  const gate = { blocked: 0, findings: [{ finding_id: 'a' }], left_out: ['b'] };
  const metadata = { scanner: '1', gate, analysis: { root: 'c' } };
  await inTenant((tx) =>
    tx
      .updateTable('deployments')
      .set({ metadata: JSON.stringify(metadata) })
      .where('id', '=', id)
      .execute(),
  );

  const listed = (await service.call('GET', '/api/v2/deployments?limit=1')).json['items'] as { metadata: unknown }[];
  const shown = await service.get(id);
  const [row] = await inTenant((tx) => listDeployments(tx, { application }, { limit: 1, afterId: undefined, offset: undefined }));

  assert.deepEqual([listed[0]!.metadata, shown.metadata], [{ scanner: '1', gate: { blocked: 0 } }, metadata]);
  assert.deepEqual([Object.hasOwn(row!, 'config'), Object.hasOwn(row!, 'waivers')], [false, false]);
});

test('no more than a hundred secrets are accepted at a time', limit, async () => {
  const waivers = Array.from({ length: 101 }, (_, index) => ({ finding_id: index.toString(16).padStart(16, '0'), reason: 'a test' }));

  const { status, text } = await service.call('POST', '/api/v2/deployments', { repo_url: 'https://git.example.com/a.git', waivers });

  assert.equal(status, 422, text);
});

async function inTenant<T>(act: Parameters<typeof service.platform.database.asTenant<T>>[1]): Promise<T> {
  const { database } = service.platform;
  const [tenant] = await database.asSystem((tx) => tx.selectFrom('tenants').select('tenant_id').execute());
  return await database.asTenant(tenant!.tenant_id, act);
}
