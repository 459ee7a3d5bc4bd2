import assert from 'node:assert/strict';
import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { after, before, test } from 'node:test';
import type { Application } from '@deployguard/contracts';
import { connectRouter } from '@deployguard/delivery';
import type { Release } from '@deployguard/delivery';
import { anApplication, quickly } from '../../../test/an-application.ts';
import { startDeploymentsService } from '../../../test/start-deployments-service.ts';
import type { DeploymentsService } from '../../../test/start-deployments-service.ts';
import type { Tx } from '../../platform/database/index.ts';
import { routerOrderOf } from '../../router.ts';
import { placesOf } from './places.ts';

const limit = { timeout: 240_000 };
let service: DeploymentsService;

before(async () => {
  // An engine that nobody runs.
  process.env['DOCKER_HOST'] = 'unix:///nonexistent/docker.sock';
  service = await startDeploymentsService({ environment: { DEPLOYGUARD_CONTAINERS_ENGINE: 'docker' } });
  await service.startWorker();
});
after(() => service.stop());

async function deploy(name: string, version = 'one'): Promise<Application> {
  const files = anApplication(version, { answer: "if (request.url === '/end') process.exit();" });
  const id = await service.deploy(name, files, { config: { application: quickly } });
  assert.equal((await service.waitFor(id, 'EXPOSED', 'FAILED')).status, 'EXPOSED');
  return (await service.settle(name))!;
}

/** As the machine going down does: its supervisor ends, and it. */
async function lose(name: string): Promise<void> {
  const [instance] = await service.listInstances(name);
  await service.killSupervisor(instance!);
  await fetch(`http://127.0.0.1:${instance!.address.port}/end`).catch(() => {});
  while ((await service.listInstances(name)).length > 0);
}

/** Leaves it as an application in containers whose engine does not answer. */
async function moveToContainers({ id, name }: Application): Promise<void> {
  const { instances, containers } = placesOf(service.platform.config);
  const [from, to] = [instances, containers].map((place) => join(place, 'applications', name)) as [string, string];
  mkdirSync(dirname(to), { recursive: true });
  renameSync(from, to);
  await changeRows((tx) => tx.updateTable('applications').set({ target: 'container' }).where('id', '=', id).execute());
}

async function changeRows(change: (tx: Tx) => Promise<unknown>): Promise<void> {
  const { database } = service.platform;
  const [tenant] = await database.asSystem((tx) => tx.selectFrom('tenants').select('tenant_id').execute());
  await database.asTenant(tenant!.tenant_id, change);
}

test(
  'users find an application again whose routes were lost, or lead nowhere, or to another domain, without its being started anew',
  limit,
  async () => {
    await deploy('routed');
    const order = routerOrderOf(service.platform.config);
    const router = connectRouter(order);
    const listIds = async (): Promise<string[]> => (await service.listInstances('routed')).map((instance) => instance.id);
    const before = await listIds();
    const keep = async (name = 'routed') => {
      await service.keepApplications();
      await service.settle('routed');
      // It sees that all is well again.
      await service.keepApplications();
      return service.ask(name);
    };
    const killRouter = async (): Promise<void> => {
      process.kill((await router.describe()).pid, 'SIGKILL');
      await assert.rejects(service.ask('routed'));
    };

    await killRouter();
    writeFileSync(order.tablePath, '{"version":1,"routes":[{');
    const afterDamage = await keep();
    await killRouter();
    rmSync(order.tablePath, { force: true });
    const afterLoss = await keep();
    service.change({ domain: 'apps.localhost' });
    const elsewhere = await keep('routed.apps');
    const atOldAddress = await service.ask('routed');
    service.change({ domain: 'localhost' });
    const back = await keep();
    const kept = await listIds();
    const [route] = await router.listRoutes();
    await router.setRoute({ ...route!, upstreams: [{ host: '127.0.0.1', port: 9 }] });
    const afterDeadEnd = await keep();

    const answer = { status: 200, text: 'one ' };
    assert.deepEqual([afterDamage, afterLoss, elsewhere, back, afterDeadEnd], [answer, answer, answer, answer, answer]);
    assert.equal(atOldAddress.status, 404);
    assert.deepEqual(kept, before);
    assert.deepEqual(await service.listRemains('routed'), []);
  },
);

test('what could not be ended of the release before is ended, and what users have runs on', limit, async () => {
  await deploy('replaced');
  const [first] = await service.listInstances('replaced');
  await deploy('replaced', 'two');
  const current = await service.listInstances('replaced');
  const release: Release = {
    application: 'replaced',
    id: first!.release,
    artifact: { kind: 'directory', path: '/nowhere', digest: 'sha256:0' },
    commands: { start: 'sleep 300' },
    env: {},
    secretNames: [],
    port: 'assigned',
    limits: { cpuMillis: 500, memoryBytes: 2 ** 28 },
    health: { attempts: 1, intervalMs: 100, timeoutMs: 1000 },
    instances: 1,
  };
  await service.target.startCandidate(release, { id: 'left-over' });

  await service.keepApplications();
  await service.settle('replaced');

  assert.deepEqual(await service.listInstances('replaced'), current);
  assert.deepEqual(await service.ask('replaced'), { status: 200, text: 'two ' });
});

test('an application whose engine does not answer keeps no other one from coming back, and is still shown and removed', limit, async () => {
  const unreachable = [await deploy('unreachable-1')];
  await deploy('lost');
  unreachable.push(await deploy('unreachable-2'));
  for (const name of ['unreachable-1', 'lost', 'unreachable-2']) await lose(name);
  for (const application of unreachable) await moveToContainers(application);

  const failure = { name: 'AggregateError', message: '2 of 5 applications could not be seen to.' };
  await assert.rejects(service.keepApplications(), failure);
  await service.settle('lost');
  const answer = await service.ask('lost');
  const listed = await service.call('GET', '/api/v2/applications');
  const removed = await service.call('DELETE', `/api/v2/applications/${unreachable[0]!.id}`);

  assert.deepEqual(answer, { status: 200, text: 'one ' });
  assert.equal(listed.status, 200, listed.text);
  const shown = (listed.json['items'] as Application[]).find(({ name }) => name === 'unreachable-1');
  assert.deepEqual(shown?.instance_states, []);
  assert.equal(removed.status, 202, removed.text);
});

test('what is to be destroyed, and could not be, does not come back', limit, async () => {
  const { id, current_deployment_id: deployment } = await deploy('unwanted');
  await changeRows((tx) => tx.updateTable('deployments').set({ status: 'DESTROYING' }).where('id', '=', deployment).execute());
  await lose('unwanted');

  await service.keepApplications().catch(() => {});
  await service.settle('unwanted');
  const instances = await service.listInstances('unwanted');
  await service.call('DELETE', `/api/v2/deployments/${deployment}`);
  await service.settle('unwanted');

  assert.deepEqual(instances, []);
  assert.equal((await service.get(deployment!)).status, 'DESTROYED');
  const { json } = await service.call('GET', `/api/v2/applications/${id}`);
  assert.equal(json['state'], 'empty');
});
