import assert from 'node:assert/strict';
import { anApplication } from '../an-application.ts';
import type { Failure } from './play-failure.ts';
import type { Stage, Status } from './stage.ts';
import { neverListening } from './wrong-applications.ts';

type HeldState = 'ANALYZING' | 'BUILDING' | 'PROVISIONING' | 'DEPLOYING';

/** What takes its time in each state, so that something can happen in it. */
const held: Readonly<Record<HeldState, { readonly files: Record<string, string>; readonly config?: Record<string, unknown> }>> = {
  ANALYZING: { files: neverListening },
  BUILDING: { files: anApplication('bad'), config: { build_command: 'setsid sleep 300 & sleep 300' } },
  PROVISIONING: { files: neverListening, config: { release_command: 'sleep 300' } },
  DEPLOYING: { files: neverListening },
};

/** The step of a state in which something takes its time. */
export const heldSteps: Readonly<Partial<Record<Status, string>>> = { PROVISIONING: 'release', DEPLOYING: 'healthy' };

export const heldStates = Object.keys(held) as readonly HeldState[];

/** A deployment of the application that has come to the state and stays there. */
export async function hold({ deploy, reach }: Stage, state: HeldState, application?: string): Promise<string> {
  const { files, config } = held[state];
  const id = await deploy(files, config, application);
  await reach(id, state, heldSteps[state]);
  return id;
}

/** A deployment whose users are being led back by request, to a release that starts slowly. */
export async function holdWayBack({ service, deploy, end, reach }: Stage, application?: string): Promise<string> {
  const slowly = anApplication('good', { listen: 'setTimeout(() => server.listen(process.env.PORT), 3000)' });
  await end(await deploy(slowly, {}, application), application);
  const id = await deploy(anApplication('new'), {}, application);
  await end(id, application);
  assert.equal((await service.call('POST', `/api/v2/deployments/${id}/rollback`, {})).status, 202);
  await reach(id, 'ROLLING_BACK', 'healthy');
  return id;
}

export const beCancelled = { ends: 'CANCELLED', code: /^CANCELLED$/, fault: /^user$/, says: /cancelled/ } as const;

export const cancellations: readonly Failure[] = [
  {
    what: 'it is cancelled while it is QUEUED',
    async bring({ service, deploy, cancel }) {
      const first = await deploy(anApplication('good'));
      const second = await deploy(anApplication('bad'));
      await cancel(second);
      await service.waitFor(first, 'EXPOSED');
      return second;
    },
    ...beCancelled,
  },
  ...heldStates.map((state): Failure => ({
    what: `it is cancelled while it is ${state}`,
    async bring(stage) {
      const id = await hold(stage, state);
      await stage.cancel(id);
      return id;
    },
    ...beCancelled,
  })),
  {
    what: 'it is cancelled while it is HEALTHY',
    async bring({ service, deploy, reach, cancel }) {
      service.change({ observeSeconds: 600 });
      const id = await deploy(anApplication('new'));
      await reach(id, 'HEALTHY', 'observe');
      await cancel(id);
      service.change({ observeSeconds: 0 });
      return id;
    },
    ...beCancelled,
    ends: 'ROLLED_BACK',
    answers: /^200 (good|new) $/,
  },
  {
    what: 'it is to be cancelled while it is ROLLING_BACK',
    async bring(stage) {
      const id = await holdWayBack(stage);
      const { status, json } = await stage.service.call('DELETE', `/api/v2/deployments/${id}?only=cancel`);
      assert.deepEqual(
        [status, json['code'], json['detail']],
        [409, 'ILLEGAL_STATE', 'The deployment is not under way any more: it is ROLLING_BACK.'],
      );
      return id;
    },
    ends: 'ROLLED_BACK',
    answers: /^200 (good|new) $/,
  },
];
