import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { collect } from '@deployguard/testkit';
import { openRouter } from '../../test/router-fixture.ts';
import type { TestContext } from '../../test/router-fixture.ts';
import { buildSampleRelease, writeSampleArtifact } from '../../test/sample-release.ts';
import { isCode } from '../../test/target-conformance.ts';
import { DeliveryError } from '../delivery-error.ts';
import { createProcessTarget } from '../targets/process/process-target.ts';
import type { SupervisedTargetOptions } from '../targets/supervised/supervised-target.ts';
import type { ReleaseRun } from './release-run.ts';
import type { BackgroundProcess, Release } from './release.ts';
import { runRelease } from './run-release.ts';

const limit = { timeout: 240_000 };
const host = 'shop.localhost';
const worker: BackgroundProcess = { name: 'worker', command: 'echo "works on $QUEUE, port $PORT"; exec sleep 100000', instances: 2 };
const failing: BackgroundProcess = { name: 'mailer', command: 'echo "no mail server" >&2; exit 4', instances: 1 };

async function open(context: TestContext, options: Pick<SupervisedTargetOptions, 'restart'> = {}) {
  const directory = mkdtempSync(join(tmpdir(), 'deployguard-background-'));
  const target = createProcessTarget({ directory: join(directory, 'target'), ...options });
  context.after(async () => {
    await target.destroy('sample');
    rmSync(directory, { recursive: true, force: true });
  });
  const { router } = await openRouter(context);
  const artifact = writeSampleArtifact(directory);
  return {
    directory,
    target,
    router,
    release: (id: string, background: readonly BackgroundProcess[]): Release =>
      buildSampleRelease(artifact, { id, background, env: { QUEUE: 'mails' } }),
    run: (release: Release, changes: Partial<ReleaseRun> = {}) =>
      runRelease({
        target,
        router,
        id: `run-${release.id}`,
        release,
        hosts: [host],
        observeMs: 0,
        drainMs: 1000,
        graceMs: 5000,
        signal: new AbortController().signal,
        emit: () => {},
        ...changes,
      }),
    listRunning: async () => (await target.list('sample')).map(({ id, process }) => [id, process]).sort(),
  };
}

test('the processes of a release run beside the one that users are led to, and end with it', limit, async (context) => {
  const { target, router, release, run, listRunning } = await open(context);

  const first = await run(release('one', [worker]));
  const running = await listRunning();
  const [instance] = (await target.list('sample')).filter(({ process }) => process === 'worker');
  const printed = (await collect(target.logs(instance!))).map(({ text }) => text);
  const route = await router.getRoute(host);
  const second = await run(release('two', [{ ...worker, instances: 1 }]));

  assert.deepEqual([first.status, second.status], ['serving', 'serving']);
  assert.deepEqual(running, [
    ['run-one-1', undefined],
    ['run-one-worker-1', 'worker'],
    ['run-one-worker-2', 'worker'],
  ]);
  assert.match(printed.join('\n'), /^works on mails, port \d+$/m);
  assert.deepEqual(route?.upstreams.length, 1);
  assert.deepEqual(await listRunning(), [
    ['run-two-1', undefined],
    ['run-two-worker-1', 'worker'],
  ]);
});

test(
  'a process that does not stay keeps a release from its users, with its own words; what served before goes on',
  limit,
  async (context) => {
    const { router, release, run, listRunning } = await open(context);
    const one = release('one', [worker]);
    await run(one);
    const before = [await listRunning(), await router.getRoute(host)];

    const outcome = await run(release('two', [worker, failing]), { previous: one, settleMs: 100_000 });

    assert.equal(outcome.status, 'failed');
    assert.ok(outcome.status === 'failed');
    assert.deepEqual([outcome.step, outcome.error.code], ['healthy', 'CRASHED']);
    assert.match(outcome.error.message, /process mailer .*exit code 4.*no mail server/);
    assert.deepEqual([await listRunning(), await router.getRoute(host)], before);
  },
);

test('a run that was cut off goes on with the processes that it has started', limit, async (context) => {
  const { release, run, listRunning } = await open(context);
  const one = release('one', [worker]);
  const cutOff = new AbortController();

  await assert.rejects(
    run(one, { signal: cutOff.signal, emit: ({ step }) => void (step === 'switch' && cutOff.abort(new Error('killed'))) }),
    /killed/,
  );
  const before = await listRunning();
  const outcome = await run(one, { resumeFrom: 'switch' });

  assert.equal(before.length, 3);
  assert.deepEqual(await listRunning(), before);
  assert.equal(outcome.status, 'serving');
});

test(
  'users who are led back find each process of the older release once, also where one was about to start again',
  limit,
  async (context) => {
    // What ends is about to start again for as long as the test takes.
    const restart = { firstDelayMs: 300_000, maxDelayMs: 300_000, stableMs: 60_000 };
    const { directory, target, router, release, run, listRunning } = await open(context, { restart });
    const end = join(directory, 'end');
    const ending: BackgroundProcess = { name: 'worker', command: `until rm ${end}; do sleep 0.05; done; exit 1`, instances: 1 };
    const one = release('one', [{ name: 'clock', command: 'exec sleep 100000', instances: 1 }, ending]);
    await run(one);
    const cancel = new AbortController();

    const outcome = await run(release('two', [{ ...worker, name: 'back', instances: 1 }]), {
      previous: one,
      signal: cancel.signal,
      async emit({ step, state }) {
        if (step !== 'observe' || state !== 'started') return;
        const old = (await target.list('sample')).find(({ process }) => process === 'worker')!;
        writeFileSync(end, '');
        while ((await target.inspect(old))?.status !== 'restarting') await delay(20);
        cancel.abort(new DeliveryError('CANCELLED', 'The deployment was cancelled.'));
      },
    });

    assert.equal(outcome.status, 'rolled-back', JSON.stringify(outcome));
    assert.deepEqual((await listRunning()).map(([, process]) => process).sort(), ['clock', 'worker', undefined]);
    const [web] = (await target.list('sample')).filter(({ process }) => process === undefined);
    assert.deepEqual(await router.getRoute(host), { host, application: 'sample', release: 'one', upstreams: [web!.address] });
  },
);

test('B5 what cannot be the name of a process is refused, and one that the release has not', limit, async (context) => {
  const { target, release } = await open(context);
  const hostile = ['', 'Worker', 'a b', '../x', 'a'.repeat(17), '-a', 'a.b', 'a\n'];

  for (const name of hostile) {
    await assert.rejects(target.prepare(release('one', [{ ...worker, name }])), isCode('RELEASE_INVALID'), JSON.stringify(name));
  }
  await target.prepare(release('one', [worker]));
  await assert.rejects(target.startCandidate(release('one', [worker]), { id: 'run-1', process: 'other' }), isCode('RELEASE_INVALID'));
});
