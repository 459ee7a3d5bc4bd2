import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Release } from '@deployguard/contracts';
import { buildToken } from '@deployguard/testkit';
import { anApplication } from '../../../test/an-application.ts';
import { startDeploymentsService } from '../../../test/start-deployments-service.ts';
import type { DeploymentsService } from '../../../test/start-deployments-service.ts';

const limit = { timeout: 600_000 };
let service: DeploymentsService;

before(async () => {
  service = await startDeploymentsService();
  await service.startWorker();
});
after(() => service.stop());

test(
  'a commit becomes an application that its users reach, another one takes over, and a rollback brings back its code, configuration and secrets',
  limit,
  async () => {
    const first = await service.deploy('shop', anApplication('one'));
    const exposed = await service.waitFor(first, 'EXPOSED', 'FAILED', 'ROLLED_BACK');
    assert.equal(exposed.status, 'EXPOSED', JSON.stringify(exposed.last_error));
    const { id: applicationId, url } = (await service.settle('shop'))!;
    const set = await service.call('PATCH', `/api/v2/applications/${applicationId}/env`, { set: { GREETING: 'hello from two' } });
    const second = await service.deploy('shop', anApplication('two'));
    await service.waitFor(second, 'EXPOSED');
    await service.settle('shop');
    const ofSecond = await service.ask('shop');
    const rested = await service.waitFor(first, 'STOPPED');
    const releases = (await service.call('GET', `/api/v2/deployments/${second}/releases`)).json['items'] as Release[];

    const rollback = await service.call('POST', `/api/v2/deployments/${second}/rollback`, {});
    await service.waitFor(second, 'ROLLED_BACK');
    const back = await service.waitFor(first, 'EXPOSED');
    await service.settle('shop');

    assert.equal(exposed.external_url, url);
    assert.equal(exposed.is_current, true);
    assert.deepEqual([set.status, JSON.stringify(set.json).includes('hello')], [200, false]);
    assert.deepEqual(ofSecond, { status: 200, text: 'two hello from two' });
    assert.equal(rested.is_current, false);
    assert.deepEqual(
      releases.map(({ number, is_current: isCurrent, variables }) => [number, isCurrent, variables]),
      [
        [2, true, ['GREETING']],
        [1, false, []],
      ],
    );
    assert.equal(rollback.status, 202);
    assert.equal(back.is_current, true);
    assert.deepEqual(await service.ask('shop'), { status: 200, text: 'one ' });
    assert.equal((await service.listInstances('shop')).length, 1);
  },
);

test('an application is scaled, stopped, started and destroyed, and nothing of it is left', limit, async () => {
  const id = await service.deploy('scaled', anApplication('one', { answer: 'response.setHeader("x-pid", process.pid);' }));
  await service.waitFor(id, 'EXPOSED');
  const application = (await service.settle('scaled'))!;
  const path = `/api/v2/applications/${application.id}`;

  const scaled = await service.call('POST', `${path}/scale`, { instances: 2 });
  await service.settle('scaled');
  const instances = await service.listInstances('scaled');
  const stopped = await service.call('POST', `${path}/stop`);
  await service.settle('scaled');
  const whileStopped = await service.ask('scaled');
  const restsAs = await service.waitFor(id, 'STOPPED');
  const none = await service.listInstances('scaled');
  const started = await service.call('POST', `${path}/start`);
  await service.waitFor(id, 'EXPOSED');
  await service.settle('scaled');
  const again = await service.ask('scaled');
  const destroyed = await service.call('DELETE', path);
  const gone = await service.settle('scaled');

  assert.deepEqual([scaled.status, stopped.status, started.status, destroyed.status], [202, 202, 202, 202]);
  assert.equal(instances.length, 2);
  assert.equal(whileStopped.status, 503);
  assert.deepEqual([restsAs.status, none.length], ['STOPPED', 0]);
  assert.deepEqual(again, { status: 200, text: 'one ' });
  assert.equal(gone, undefined);
  assert.equal((await service.ask('scaled')).status, 404);
  assert.equal((await service.listInstances('scaled')).length, 0);
});

test(
  'a secret in the history stops a deployment before anything of it is built; the answer says which and where, and a waiver lets it through',
  limit,
  async () => {
    const token = buildToken({ prefix: ['sk_', 'live_'], length: 24 });
    const files = { ...anApplication('one'), 'config.js': `const token = '${token}';\n` };

    const id = await service.deploy('leaky', files);
    const failed = await service.waitFor(id, 'FAILED', 'EXPOSED');
    const { gate } = failed.metadata as {
      gate: { blocked: number; findings: { finding_id: string; path: string; line: number; preview: string }[] };
    };
    const builds = (await service.call('GET', `/api/v2/deployments/${id}/builds`)).json['items'];
    const waivers = gate.findings.map(({ finding_id }) => ({ finding_id, reason: 'revoked' }));
    const accepted = await service.deploy('leaky', files, { waivers });
    const exposed = await service.waitFor(accepted, 'EXPOSED', 'FAILED');

    assert.equal(failed.last_error?.code, 'SECRETS_FOUND');
    assert.match(failed.last_error!.message, /config\.js:1/);
    assert.deepEqual([gate.blocked, gate.findings[0]!.path, gate.findings[0]!.line], [1, 'config.js', 1]);
    assert.ok(!JSON.stringify(failed).includes(token));
    assert.deepEqual(builds, []);
    assert.equal(exposed.status, 'EXPOSED', JSON.stringify(exposed.last_error));
  },
);

test('what deployguard.yaml says is done; what it does not know is refused with its path and a suggestion', limit, async () => {
  const config = (text: string) => ({ ...anApplication('one'), 'deployguard.yaml': text });

  const good = await service.deploy(
    'configured',
    config(
      'deployment:\n  region: eu-1\n  application:\n    env_vars:\n      GREETING: from the file\n    health:\n      path: /\n    replicas: 2\n',
    ),
  );
  const exposed = await service.waitFor(good, 'EXPOSED', 'FAILED');
  const bad = await service.deploy('misconfigured', config('deployment:\n  application:\n    replica: 2\n'));
  const failed = await service.waitFor(bad, 'FAILED', 'EXPOSED');

  assert.equal(exposed.status, 'EXPOSED', JSON.stringify(exposed.last_error));
  assert.deepEqual(await service.ask('configured'), { status: 200, text: 'one from the file' });
  assert.equal((await service.listInstances('configured')).length, 2);
  assert.equal(failed.last_error?.code, 'CONFIG_INVALID');
  assert.match(failed.last_error!.message, /deployguard\.yaml: deployment\.application\.replica is not known; did you mean "replicas"\?/);
});
