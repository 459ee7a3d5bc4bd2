import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Application } from '@deployguard/contracts';
import { anApplication } from '../../../test/an-application.ts';
import { startDeploymentsService } from '../../../test/start-deployments-service.ts';
import type { DeploymentsService } from '../../../test/start-deployments-service.ts';
import { applyKind, destroyKind } from './kinds.ts';

const limit = { timeout: 120_000 };
let service: DeploymentsService;

// No worker is there, so whatever is begun waits.
before(async () => {
  service = await startDeploymentsService();
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

async function begin(name: string): Promise<{ readonly application: Application; readonly deployment: string }> {
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
