import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import { anApplication } from '../an-application.ts';
import { beCancelled, heldSteps, hold } from './cancellations.ts';
import type { Failure } from './play-failure.ts';
import type { Stage, Status } from './stage.ts';
import { crashing } from './wrong-applications.ts';

const slowly = anApplication('new', { listen: 'setTimeout(() => server.listen(process.env.PORT), 1000)' });
/** Takes its time to end. */
const lingering = anApplication('good', { setup: `process.on('SIGTERM', () => setTimeout(process.exit, 3000));` });
const goodOrStopped = /^200 good $|^503 /;
const deploySlowly = ({ deploy }: Stage): Promise<string> => deploy(slowly);

export const workerLosses: readonly Failure[] = [
  killedIn('ANALYZING', deploySlowly),
  killedIn('BUILDING', ({ deploy }) => deploy(slowly, { build_command: 'setsid sleep 3 & sleep 3' })),
  killedIn('PROVISIONING', ({ deploy }) => deploy(slowly, { release_command: 'sleep 3' })),
  killedIn('DEPLOYING', deploySlowly),
  killedIn('HEALTHY', deploySlowly),
  killedIn('ROLLING_BACK', ({ deploy }) => deploy(crashing), { ends: 'ROLLED_BACK', code: /^CRASHED$/, answers: /./, leaves: 'good' }),
  {
    what: 'its worker is killed while the release before is ended',
    async bring(stage) {
      await stage.end(await stage.deploy(lingering));
      return stage.loseWorker(
        () => stage.deploy(anApplication('new')),
        (id) => stage.reach(id, 'HEALTHY', 'retire'),
      );
    },
    ends: 'EXPOSED',
    answers: /^200 (good|new) $/,
    leaves: 'new',
  },
  {
    what: 'its worker is killed while it is being cancelled',
    bring: (stage) => stage.loseWorker(() => hold(stage, 'BUILDING'), stage.cancel),
    ...beCancelled,
  },
  {
    what: 'the worker is killed while users are led back by request',
    bring: ({ service, loseWorker, deploy, end }) =>
      loseWorker(
        async () => {
          const id = await deploy(slowly);
          await end(id);
          assert.equal((await service.call('POST', `/api/v2/deployments/${id}/rollback`, {})).status, 202);
          return id;
        },
        async (id) => {
          for (let now = await service.get(id); now.status === 'ROLLING_BACK' && now.step === null; now = await service.get(id))
            await delay(5);
        },
      ),
    ends: 'ROLLED_BACK',
    answers: /^200 (good|new) $/,
  },
  {
    what: 'the worker is killed while more instances are started',
    bring: ({ service, loseWorker, findApplication }) =>
      loseWorker(
        async () => {
          const application = (await findApplication())!;
          assert.equal((await service.call('POST', `/api/v2/applications/${application.id}/scale`, { instances: 2 })).status, 202);
          return application.current_deployment_id!;
        },
        async () => {
          while ((await service.listInstances('steady')).length < 2) await delay(5);
        },
      ),
    ends: 'EXPOSED',
  },
  {
    what: 'the worker is killed while the application is stopped',
    async bring(stage) {
      const id = await stage.loseWorker(
        () => change(stage, 'stop'),
        () => awaitAnswer(stage, 503),
      );
      await stage.service.settle('steady');
      assert.equal((await stage.service.get(id)).status, 'STOPPED');
      assert.equal((await stage.service.ask('steady')).status, 503);
      assert.deepEqual(await stage.service.listInstances('steady'), []);
      await change(stage, 'start');
      await stage.service.settle('steady');
      return id;
    },
    ends: 'EXPOSED',
    answers: goodOrStopped,
  },
  {
    what: 'the worker is killed while the application is started',
    async bring(stage) {
      await change(stage, 'stop');
      await stage.service.settle('steady');
      const id = await stage.loseWorker(
        () => change(stage, 'start'),
        async () => {
          while ((await stage.service.listInstances('steady')).length === 0) await delay(5);
        },
      );
      await stage.service.settle('steady');
      return id;
    },
    ends: 'EXPOSED',
    answers: goodOrStopped,
  },
];

/** Begins it; the deployment that users have. */
async function change({ service, findApplication }: Stage, what: 'start' | 'stop'): Promise<string> {
  const { id, current_deployment_id: current } = (await findApplication())!;
  assert.equal((await service.call('POST', `/api/v2/applications/${id}/${what}`)).status, 202);
  return current!;
}

/** Returns as soon as users are answered so. */
export async function awaitAnswer({ service }: Stage, status: number, application = 'steady'): Promise<void> {
  while ((await service.ask(application)).status !== status) await delay(5);
}

function killedIn(state: Status, begin: (stage: Stage) => Promise<string>, failure: Partial<Failure> = {}): Failure {
  return {
    what: `its worker is killed while it is ${state}`,
    bring: (stage) =>
      stage.loseWorker(
        () => begin(stage),
        (id) => stage.reach(id, state, heldSteps[state]),
      ),
    ends: 'EXPOSED',
    answers: /^200 (good|new) $/,
    leaves: 'new',
    ...failure,
  };
}
