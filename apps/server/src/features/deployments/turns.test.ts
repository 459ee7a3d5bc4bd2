import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Application } from '@deployguard/contracts';
import { anApplication } from '../../../test/an-application.ts';
import { startDeploymentsService } from '../../../test/start-deployments-service.ts';
import type { DeploymentsService } from '../../../test/start-deployments-service.ts';
import { applyKind, deployKind, destroyKind } from './kinds.ts';

const limit = { timeout: 120_000 };
let service: DeploymentsService;

// No worker is there, so whatever is begun waits.
before(async () => {
  service = await startDeploymentsService({ environment: { DEPLOYGUARD_LIMITS_MAX_APPLICATIONS_PER_USER: '20' } });
});
after(() => service.stop());

test('a deployment that waits is cancelled, and says so, when its application is destroyed', limit, async () => {
  const { application, deployment } = await begin('waiting');

  await service.call('DELETE', `/api/v2/applications/${application.id}`);

  assert.equal((await service.get(deployment)).status, 'CANCELLED');
  assert.equal(await findWaitingTask(application.id), destroyKind.kind);
});

test('what a restored database holds back can be cancelled and destroyed', limit, async () => {
  for (const state of ['dead', 'gone'] as const) {
    const cancelled = await begin(`cancelled-${state}`);
    const destroyed = await begin(`destroyed-${state}`);
    await endTasks(state);

    const { status } = await service.call('DELETE', `/api/v2/deployments/${cancelled.deployment}?only=cancel`);
    await service.call('DELETE', `/api/v2/applications/${destroyed.application.id}`);

    assert.equal(status, 202);
    assert.deepEqual(
      [(await service.get(destroyed.deployment)).status, await findWaitingTask(destroyed.application.id)],
      ['CANCELLED', destroyKind.kind],
    );
    assert.equal((await service.get(cancelled.deployment)).status, 'CANCELLED');
    assert.equal(await findWaitingTask(cancelled.application.id), applyKind.kind);
    // Its destruction is held back as well, and asked for again.
    await endTasks(state);
    await service.call('DELETE', `/api/v2/applications/${destroyed.application.id}`);
    assert.equal(await findWaitingTask(destroyed.application.id), destroyKind.kind);
  }
});

test('an application whose last change a restored database holds back is free for others', limit, async () => {
  for (const state of ['dead', 'gone'] as const) {
    const held = await Promise.all(['change', 'deployment', 'destruction'].map((name) => begin(`${name}-${state}`)));
    const [changed, deployed, destroyed] = held as [Begun, Begun, Begun];
    const path = `/api/v2/applications/${changed.application.id}`;
    // What clears away is held back, and so is what destroys.
    for (const { deployment } of held) await service.call('DELETE', `/api/v2/deployments/${deployment}?only=cancel`);
    await endTasks(state);
    await inTenant((tx) => tx.updateTable('deployments').set({ status: 'STOPPED' }).where('id', '=', destroyed.deployment).execute());
    await service.call('DELETE', `/api/v2/deployments/${destroyed.deployment}`);
    assert.equal((await service.get(destroyed.deployment)).status, 'DESTROYING');
    await endTasks(state);

    const { json: seen } = await service.call('GET', path);
    const { status } = await service.call('PUT', `${path}/domains`, { domains: [] });
    await service.deploy(deployed.application.name, anApplication('two'));
    await service.call('DELETE', `/api/v2/deployments/${destroyed.deployment}`);

    assert.deepEqual([seen['is_changing'], status], [false, 200]);
    const kinds = [applyKind.kind, deployKind.kind, destroyKind.kind];
    assert.deepEqual(await Promise.all(held.map(({ application }) => findWaitingTask(application.id))), kinds);
  }
});

interface Begun {
  readonly application: Application;
  readonly deployment: string;
}

async function begin(name: string): Promise<Begun> {
  const deployment = await service.deploy(name, anApplication('one'));
  const { json } = await service.call('GET', `/api/v2/applications?name=${name}`);
  const application = (json['items'] as Application[]).find((each) => each.name === name)!;
  return { application, deployment };
}

async function inTenant<T>(act: Parameters<typeof service.platform.database.asTenant<T>>[1]): Promise<T> {
  const { database } = service.platform;
  const [tenant] = await database.asSystem((tx) => tx.selectFrom('tenants').select('tenant_id').execute());
  return await database.asTenant(tenant!.tenant_id, act);
}

/** As a restored database has them, or one that is older by months. */
async function endTasks(state: 'dead' | 'gone'): Promise<void> {
  await inTenant(async (tx) => {
    if (state === 'gone') await tx.deleteFrom('tasks').where('state', '=', 'queued').execute();
    else await tx.updateTable('tasks').set({ state, finished_at: new Date() }).where('state', '=', 'queued').execute();
  });
}

async function findWaitingTask(applicationId: string): Promise<string | undefined> {
  const task = await inTenant((tx) =>
    tx
      .selectFrom('tasks')
      .innerJoin('applications', 'applications.active_task_id', 'tasks.id')
      .select(['tasks.kind', 'tasks.state'])
      .where('applications.id', '=', applicationId)
      .executeTakeFirst(),
  );
  return task?.state === 'queued' ? task.kind : undefined;
}
