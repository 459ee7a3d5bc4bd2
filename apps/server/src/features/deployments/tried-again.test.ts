import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import type { Release, Task } from '@deployguard/contracts';
import { anApplication, quickly } from '../../../test/an-application.ts';
import { startDeploymentsService } from '../../../test/start-deployments-service.ts';
import type { DeploymentsService } from '../../../test/start-deployments-service.ts';
import type { TaskKind } from '../../platform/tasks/index.ts';
import { applyKind, deployKind, destroyKind, rollBackKind } from './kinds.ts';

// A task that somebody has tried again leaves alone what is done with the application by then.

const limit = { timeout: 240_000 };
const broken = new Error('what the platform needs is not there');
const waiting = 'Waiting until it is healthy';
let service: DeploymentsService;
/** Tasks of these kinds fail for good. */
const failing = new Set<string>();
/** Told of each task that waits until its release is healthy, which then waits for the answer as well. */
let onWaiting = async (): Promise<void> => {};

before(async () => {
  service = await startDeploymentsService();
  await service.startWorker((definition) => ({
    ...definition,
    isFinal: (error) => error === broken || definition.isFinal?.(error) === true,
    async handle(input, context) {
      if (failing.has(definition.kind)) throw broken;
      await definition.handle(input, {
        ...context,
        async log(line) {
          await context.log(line);
          if (line === waiting) await onWaiting();
        },
      });
    },
  }));
});
after(() => service.stop());

test('a deployment that is tried again leaves alone what the one after it has begun', limit, async () => {
  const failed = await failWith(deployKind, async () => {
    await service.waitFor(await deploy('deployed', 'one'), 'FAILED');
    await service.settle('deployed');
  });
  const { deployment, whileHeld: again } = await holdDeployment('deployed', 'two', () => redrive(failed));

  const { status, last_error: error } = await service.waitFor(deployment, 'EXPOSED', 'FAILED');
  await service.settle('deployed');

  assert.equal(status, 'EXPOSED', JSON.stringify(error));
  assert.deepEqual([again.state, again.last_error], ['failed', 'The deployment was changed meanwhile.']);
  assert.deepEqual(await service.ask('deployed'), { status: 200, text: 'two ' });
});

test('a change that is tried again is made when nothing else is under way, and only then', limit, async () => {
  await service.waitFor(await deploy('scaled', 'one'), 'EXPOSED');
  const application = (await service.settle('scaled'))!;
  const failed = await failWith(applyKind, async () => {
    await service.call('POST', `/api/v2/applications/${application.id}/scale`, { instances: 2 });
    await service.settle('scaled');
  });
  const before = await service.listInstances('scaled');

  const { whileHeld: refused } = await holdDeployment('scaled', 'two', async (deployment) => {
    const task = await redrive(failed);
    await service.call('DELETE', `/api/v2/deployments/${deployment}?only=cancel`);
    return task;
  });
  await service.settle('scaled');
  const between = await service.listInstances('scaled');
  const again = await redrive(failed);
  await service.settle('scaled');

  assert.deepEqual([refused.state, again.state], ['failed', 'succeeded']);
  assert.deepEqual([before.length, between.length, (await service.listInstances('scaled')).length], [1, 1, 2]);
  assert.deepEqual(await service.ask('scaled'), { status: 200, text: 'one ' });
});

test('a rollback that failed for good and is tried again leads nobody away from what they have', limit, async () => {
  await service.waitFor(await deploy('back', 'one'), 'EXPOSED');
  await service.settle('back');
  const id = await deploy('back', 'two');
  await service.waitFor(id, 'EXPOSED');
  await service.settle('back');
  const failed = await failWith(rollBackKind, async () => {
    await service.call('POST', `/api/v2/deployments/${id}/rollback`, {});
    await service.waitFor(id, 'ROLLBACK_FAILED');
    await service.settle('back');
  });

  const again = await redrive(failed);

  assert.deepEqual([again.state, again.last_error], ['failed', 'The deployment was changed meanwhile.']);
  assert.deepEqual(await service.ask('back'), { status: 200, text: 'two ' });
  const { items } = (await service.call('GET', `/api/v2/deployments/${id}/releases`)).json as { items: Release[] };
  assert.deepEqual(
    items.map(({ number, is_current: isCurrent }) => [number, isCurrent]),
    [
      [2, true],
      [1, false],
    ],
  );
});

test('a deployment that could not be destroyed says why, and is destroyed when that is asked for again', limit, async () => {
  const id = await deploy('destroyed', 'one');
  await service.waitFor(id, 'EXPOSED');
  await service.settle('destroyed');
  const destroy = async () => {
    const { status } = await service.call('DELETE', `/api/v2/deployments/${id}`);
    await service.settle('destroyed');
    const { status: is, last_error: error } = await service.get(id);
    return [status, is, error?.message, error?.fault, (await service.listInstances('destroyed')).length];
  };

  let first: unknown[] = [];
  const failed = await failWith(destroyKind, async () => {
    first = await destroy();
  });
  const second = await destroy();
  const again = await redrive(failed);

  assert.deepEqual(first, [202, 'DESTROYING', 'The task stopped unexpectedly. The log of the worker says more.', 'platform', 1]);
  assert.deepEqual(second, [202, 'DESTROYED', undefined, undefined, 0]);
  assert.deepEqual([again.state, again.last_error], ['failed', 'The deployment was changed meanwhile.']);
});

function deploy(application: string, version: string): Promise<string> {
  return service.deploy(application, anApplication(version), { config: { application: quickly } });
}

/** Does something while a deployment of the application waits until its release, which runs, is healthy. */
async function holdDeployment<T>(
  application: string,
  version: string,
  work: (deployment: string) => Promise<T>,
): Promise<{ readonly deployment: string; readonly whileHeld: T }> {
  const reached = Promise.withResolvers<void>();
  const released = Promise.withResolvers<void>();
  onWaiting = () => {
    onWaiting = async () => {};
    reached.resolve();
    return released.promise;
  };
  try {
    const deployment = await deploy(application, version);
    await reached.promise;
    return { deployment, whileHeld: await work(deployment) };
  } finally {
    released.resolve();
  }
}

/** The task of this kind that failed for good while that was done. */
async function failWith({ kind }: TaskKind, work: () => Promise<void>): Promise<string> {
  failing.add(kind);
  try {
    await work();
  } finally {
    failing.delete(kind);
  }
  return (await listTasks()).find((task) => task.kind === kind && task.state === 'failed')!.id;
}

/** The task as it has ended again. */
async function redrive(id: string): Promise<Task> {
  const { status, text } = await service.call('POST', `/api/v2/tasks/${id}/redrive`);
  assert.equal(status, 202, text);
  for (;;) {
    const task = (await listTasks()).find((each) => each.id === id)!;
    if (task.state !== 'queued' && task.state !== 'running') return task;
    await delay(20);
  }
}

async function listTasks(): Promise<Task[]> {
  return (await service.call('GET', '/api/v2/tasks?limit=100')).json['items'] as Task[];
}
