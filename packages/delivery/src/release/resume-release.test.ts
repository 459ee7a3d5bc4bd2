import assert from 'node:assert/strict';
import { once } from 'node:events';
import { get } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { test } from 'node:test';
import { createRecordedMachine, createRecordingTarget } from '../../test/recording-target.ts';
import type { Call } from '../../test/recording-target.ts';
import { openRouter } from '../../test/router-fixture.ts';
import { buildSampleRelease } from '../../test/sample-release.ts';
import type { Target } from '../targets/target.ts';
import type { ReleaseRun, StepName } from './release-run.ts';
import type { Release } from './release.ts';
import { runRelease } from './run-release.ts';

const host = 'shop.localhost';
const artifact = { kind: 'directory', path: '/nowhere', digest: 'sha256:0000' } as const;
const release = (id: string, version: string): Release => ({
  ...buildSampleRelease(artifact, {
    id,
    env: { VERSION: version },
    instances: 2,
    background: [{ name: 'worker', command: 'work', instances: 1 }],
  }),
  commands: { start: 'serve', release: 'echo migrated' },
});
const [old, next] = [release('old', '1'), release('new', '2')];

test('whichever call a worker dies at, before it or after, another one brings the release to its users, starting nothing twice', async (context) => {
  const { router, port } = await openRouter(context);
  const run = (target: Target, changes: Partial<ReleaseRun>) =>
    runRelease({
      target,
      router,
      id: 'run',
      release: next,
      isNew: true,
      hosts: [host],
      settleMs: 0,
      observeMs: 0,
      graceMs: 1000,
      signal: new AbortController().signal,
      emit: () => {},
      ...changes,
    });
  const ask = async (): Promise<unknown> => {
    const [response] = (await once(get({ host: '127.0.0.1', port, headers: { host }, agent: false }), 'response')) as [IncomingMessage];
    return (JSON.parse((await response.toArray()).join('')) as { version: string }).version;
  };
  /** Deploys with a worker that dies at this call, and then with one that lives. Whether the first one died. */
  const playDeath = async (at: number, when: 'before' | 'after'): Promise<boolean> => {
    const machine = createRecordedMachine();
    context.after(() => createRecordingTarget(machine).destroy('sample'));
    await run(createRecordingTarget(machine), { id: 'run-old', release: old, isNew: false });
    machine.calls.length = 0;
    machine.started.length = 0;
    let seen = 0;
    const death = new Error('The worker is gone.');
    const mortal = createRecordingTarget(machine, {
      onCall: (_, moment) => {
        if (moment === when && seen++ === at) throw death;
      },
    });
    let reached: StepName | undefined;
    const isDead = await run(mortal, {
      previous: old,
      emit: ({ step, state }) => {
        if (state === 'started' && step !== 'roll-back') reached = step;
      },
    }).then(
      () => false,
      (error: unknown) => {
        assert.equal(error, death);
        return true;
      },
    );
    const where = `${when} call ${at}, in ${reached}`;

    const target = createRecordingTarget(machine);
    const outcome = await run(target, { previous: old, ...(reached !== undefined && { resumeFrom: reached }) });
    const running = (await target.list('sample')).map(({ id }) => id);

    assert.equal(outcome.status, 'serving', where);
    assert.equal(await ask(), '2', where);
    assert.deepEqual(running.sort(), ['run-1', 'run-2', 'run-worker-1'], where);
    assert.deepEqual(machine.started.sort(), ['run-1', 'run-2', 'run-release', 'run-worker-1'], where);
    assert.ok(findLastStart(machine.calls) < findFirstStopOfOld(machine.calls), where);
    await target.destroy('sample');
    return isDead;
  };

  for (const when of ['before', 'after'] as const) {
    let deaths = 0;
    while (await playDeath(deaths, when)) deaths++;
    // All that a release needs of its target, once at least.
    assert.ok(deaths >= 10, `${deaths} deaths`);
  }
});

function findLastStart(calls: readonly Call[]): number {
  return calls.findLastIndex(([method]) => method === 'startCandidate');
}

function findFirstStopOfOld(calls: readonly Call[]): number {
  return calls.findIndex(([method, id]) => method === 'stop' && id?.startsWith('run-old-'));
}
