import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { Agent, request as ask } from 'node:http';
import type { ClientRequest, IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { openRouter } from '../../test/router-fixture.ts';
import type { TestContext } from '../../test/router-fixture.ts';
import { buildSampleRelease, writeSampleArtifact } from '../../test/sample-release.ts';
import { DeliveryError } from '../delivery-error.ts';
import type { DeliveryErrorCode } from '../delivery-error.ts';
import type { Router } from '../router/router.ts';
import { createProcessTarget } from '../targets/process/process-target.ts';
import type { Target } from '../targets/target.ts';
import type { ReleaseEvent, ReleaseOutcome, ReleaseRun, StepName } from './release-run.ts';
import type { Release } from './release.ts';
import { runRelease } from './run-release.ts';

const limit = { timeout: 120_000 };
const host = 'shop.localhost';

interface Fixture {
  readonly target: Target;
  readonly router: Router;
  readonly artifact: Release['artifact'];
  /** Runs a release of the sample application to its outcome. */
  run(release: Release, changes?: Partial<ReleaseRun>): Promise<ReleaseOutcome>;
  readonly events: ReleaseEvent[];
  readonly port: number;
  /** What users get. */
  ask(path?: string): Promise<{ readonly status: number; readonly version: string | undefined }>;
  /** Ids of what runs. */
  listRunning(): Promise<readonly string[]>;
}

async function open(context: TestContext): Promise<Fixture> {
  const directory = mkdtempSync(join(tmpdir(), 'deployguard-release-'));
  const target = createProcessTarget({ directory: join(directory, 'target') });
  context.after(async () => {
    await target.destroy('sample');
    rmSync(directory, { recursive: true, force: true });
  });
  const { router, port } = await openRouter(context);
  const events: ReleaseEvent[] = [];
  return {
    target,
    router,
    port,
    artifact: writeSampleArtifact(directory),
    events,
    run: (release, changes = {}) =>
      runRelease({
        target,
        router,
        id: `run-${release.id}`,
        release,
        hosts: [host],
        observeMs: 0,
        drainMs: 5000,
        graceMs: 5000,
        signal: new AbortController().signal,
        emit: (event) => void events.push(event),
        ...changes,
      }),
    async ask(path = '/') {
      const sent = ask({ host: '127.0.0.1', port, path, headers: { host }, agent: false }).end();
      const [response] = (await once(sent, 'response')) as [IncomingMessage];
      const body = (await response.toArray()).join('');
      return {
        status: response.statusCode!,
        version: body.startsWith('{') ? (JSON.parse(body) as { version: string }).version : undefined,
      };
    },
    listRunning: async () => (await target.list('sample')).map(({ id }) => id).sort(),
  };
}

/** Throws so often before it does what it does. */
function failing<Args extends unknown[], Result>(
  times: number,
  code: DeliveryErrorCode,
  method: (...args: Args) => Promise<Result>,
): (...args: Args) => Promise<Result> {
  let left = times;
  return async (...args) => {
    if (left-- > 0) throw new DeliveryError(code, 'It is not there.');
    return method(...args);
  };
}

function version(artifact: Release['artifact'], number: string, changes: Partial<Release> = {}): Release {
  return buildSampleRelease(artifact, { id: `release-${number}`, ...changes, env: { VERSION: number, ...changes.env } });
}

function withReleaseCommand(release: Release, command = 'true'): Release {
  return { ...release, commands: { ...release.commands, release: command } };
}

async function readStatus(sent: ClientRequest): Promise<number> {
  const [response] = (await once(sent, 'response')) as [IncomingMessage];
  await response.toArray();
  return response.statusCode!;
}

const impatient = { path: '/health', attempts: 8, intervalMs: 100, timeoutMs: 2000 };
/** Long enough for a slow machine to start the application. */
const patient = { ...impatient, attempts: 50 };

test('a release reaches its users step by step, and the one before it is gone afterwards', limit, async (context) => {
  const { artifact, run, ask, events, listRunning } = await open(context);
  const one = version(artifact, '1');

  const first = await run(one);
  const before = await ask();
  events.length = 0;
  const second = await run(version(artifact, '2', { instances: 2, smoke: [{ path: '/', bodyIncludes: '"version":"2"' }] }), {
    previous: one,
  });

  assert.equal(first.status, 'serving');
  assert.equal(before.version, '1');
  assert.equal(second.status, 'serving');
  assert.equal((await ask()).version, '2');
  assert.deepEqual(await listRunning(), ['run-release-2-1', 'run-release-2-2']);
  assert.deepEqual(
    events.filter(({ state }) => state === 'done').map(({ step }) => step),
    ['prepare', 'start', 'healthy', 'smoke', 'switch', 'observe', 'retire'],
  );
});

test('what fails before the switch is discarded; the reason is told, and users notice nothing', limit, async (context) => {
  const { artifact, run, ask, listRunning } = await open(context);
  const one = version(artifact, '1');
  await run(one);
  const failures: readonly [Partial<Release>, StepName, DeliveryError['code'], RegExp][] = [
    [{ env: { BEHAVIOR: 'crash' } }, 'healthy', 'CRASHED', /exit code 7.*cannot start: no database/],
    [{ env: { BEHAVIOR: 'silent' }, health: impatient }, 'healthy', 'NEVER_LISTENED', /PORT/],
    [
      { env: { BEHAVIOR: 'other-port' }, health: patient },
      'healthy',
      'OTHER_PORT',
      /listens on port \d+, but has to listen on the one that the variable PORT names/,
    ],
    [{ env: { BEHAVIOR: 'sick' }, health: patient }, 'healthy', 'UNHEALTHY', /\/health answers with status 500/],
    [{ smoke: [{ path: '/redirect' }] }, 'smoke', 'SMOKE_FAILED', /status 302 instead of 200/],
    [{ smoke: [{ path: '/', bodyIncludes: 'no such text' }] }, 'smoke', 'SMOKE_FAILED', /does not contain "no such text"/],
    [{ failOnOutput: ['nobody says this', 'listening'] }, 'smoke', 'SMOKE_FAILED', /printed what it must not: .*listening/],
    [{ commands: { start: ['no-such-program'] } }, 'start', 'START_FAILED', /no-such-program was not found/],
    [{ artifact: { kind: 'directory', path: '/nowhere', digest: 'x' } }, 'prepare', 'ARTIFACT_MISSING', /deploy its commit again/],
  ];

  for (const [index, [changes, step, code, message]] of failures.entries()) {
    const outcome = await run(version(artifact, `2-${index}`, changes), { previous: one });

    assert.ok(outcome.status === 'failed', JSON.stringify(outcome));
    assert.deepEqual([outcome.step, outcome.error.code], [step, code]);
    assert.match(outcome.error.message, message);
    assert.deepEqual(await listRunning(), ['run-release-1-1']);
    assert.equal((await ask()).version, '1');
  }
});

test(
  'the release command of a new release is run before it is started, once; when it fails, nothing is started',
  limit,
  async (context) => {
    const { artifact, run, ask, listRunning } = await open(context);
    const one = version(artifact, '1');
    const file = join(mkdtempSync(join(tmpdir(), 'deployguard-release-command-')), 'runs');
    context.after(() => rmSync(dirname(file), { recursive: true }));
    await run(one);

    const failed = await run(withReleaseCommand(version(artifact, '2'), 'echo no database >&2; exit 3'), { previous: one, isNew: true });
    const afterFailure = await ask();
    const good = withReleaseCommand(version(artifact, '3'), `echo run >> ${file}`);
    const served = await run(good, { previous: one, isNew: true });
    await run(good, { previous: one, isNew: true });
    const back = await run(good, { previous: good, id: 'back' });

    assert.ok(failed.status === 'failed');
    assert.deepEqual([failed.step, failed.error.code, failed.error.fault], ['release', 'RELEASE_COMMAND_FAILED', 'application']);
    assert.match(failed.error.message, /exit code 3.*no database/);
    assert.ok(failed.logs.some(({ text }) => text === 'no database'));
    assert.equal(afterFailure.version, '1');
    assert.deepEqual([served.status, back.status, readFileSync(file, 'utf8')], ['serving', 'serving', 'run\n']);
    assert.deepEqual(await listRunning(), ['back-1']);
  },
);

test('a release command that does not end is ended', limit, async (context) => {
  const { artifact, run, target } = await open(context);
  const release = withReleaseCommand(version(artifact, '1'), 'echo waiting for a lock; sleep 300 & wait');

  const outcome = await run(release, { isNew: true, releaseCommandSeconds: 1 });

  assert.ok(outcome.status === 'failed', JSON.stringify(outcome));
  assert.deepEqual([outcome.step, outcome.error.code], ['release', 'RELEASE_COMMAND_FAILED']);
  assert.match(outcome.error.message, /longer than 1 seconds.*waiting for a lock/);
  assert.deepEqual(await target.list(release.application), []);
});

test('the logs of an application that failed are in the outcome', limit, async (context) => {
  const { artifact, run } = await open(context);

  const outcome = await run(version(artifact, '1', { env: { BEHAVIOR: 'crash' } }));

  assert.ok(outcome.status === 'failed');
  assert.ok(outcome.logs.some(({ text, stream }) => stream === 'stderr' && text === 'cannot start: no database'));
});

test('a release that crashes after the switch gives way to the one before it, which is checked again', limit, async (context) => {
  const { artifact, run, ask, listRunning } = await open(context);
  const one = version(artifact, '1');
  await run(one);

  const outcome = await run(version(artifact, '2'), {
    previous: one,
    observeMs: 60_000,
    emit: async ({ step, state }) => {
      if (step === 'observe' && state === 'started') await ask('/crash');
    },
  });

  assert.ok(outcome.status === 'rolled-back', JSON.stringify(outcome));
  assert.deepEqual([outcome.step, outcome.error.code], ['observe', 'CRASHED']);
  assert.equal((await ask()).version, '1');
  assert.deepEqual(await listRunning(), ['run-release-1-1']);
});

test('a way back on which the older release is not well is told as failed', limit, async (context) => {
  const { artifact, run, ask } = await open(context);
  const one = version(artifact, '1');
  await run(one);
  const nowUnwell: Release = { ...one, smoke: [{ path: '/', status: 418 }] };

  const outcome = await run(version(artifact, '2'), {
    previous: nowUnwell,
    observeMs: 60_000,
    emit: async ({ step, state }) => {
      if (step === 'observe' && state === 'started') await ask('/crash');
    },
  });

  assert.ok(outcome.status === 'rollback-failed', JSON.stringify(outcome));
  assert.equal(outcome.rollbackError.code, 'SMOKE_FAILED');
});

test('an older release that is wanted again is started anew, with its own configuration', limit, async (context) => {
  const { artifact, run, ask, listRunning } = await open(context);
  const one = version(artifact, '1', { env: { GREETING: 'old' } });
  const two = version(artifact, '2', { env: { GREETING: 'new' } });
  await run(one);
  await run(two, { previous: one });

  const outcome = await run(one, { previous: two, id: 'back' });

  assert.equal(outcome.status, 'serving');
  assert.equal((await ask()).version, '1');
  assert.deepEqual(await listRunning(), ['back-1']);
});

test('updates and a way back cost no user a request, on connections that are kept', limit, async (context) => {
  const { artifact, run, port } = await open(context);
  const releases = ['1', '2', '3'].map((number) => version(artifact, number, { env: { BEHAVIOR: 'patient' } }));
  await run(releases[0]!);
  const agent = new Agent({ keepAlive: true, maxSockets: 4 });
  const over = new AbortController();
  const statuses = new Map<number | string, number>();
  const users = Array.from({ length: 4 }, async () => {
    while (!over.signal.aborted) {
      const sent = ask({ agent, host: '127.0.0.1', port, headers: { host } }).end();
      const status = await readStatus(sent).catch(String);
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
    }
  });

  await run(releases[1]!, { previous: releases[0]! });
  await run(releases[2]!, { previous: releases[1]! });
  const outcome = await run(releases[1]!, { previous: releases[2]!, id: 'back' });
  over.abort();
  await Promise.all(users);
  agent.destroy();

  assert.equal(outcome.status, 'serving');
  assert.deepEqual([...statuses.keys()], [200]);
});

test('a run that is cancelled before the switch leaves nothing; after it users get the older release back', limit, async (context) => {
  const { artifact, run, ask, listRunning } = await open(context);
  const one = version(artifact, '1');
  await run(one);
  const found = [];

  for (const step of ['prepare', 'release', 'start', 'healthy', 'smoke', 'switch', 'observe', 'retire'] as const) {
    const cancel = new AbortController();
    const outcome = await run(withReleaseCommand(version(artifact, step)), {
      previous: one,
      isNew: true,
      observeMs: step === 'observe' ? 60_000 : 0,
      signal: cancel.signal,
      emit: (event) => {
        if (event.step === step && event.state === 'started') cancel.abort(new DeliveryError('CANCELLED', 'The deployment was cancelled.'));
      },
    });
    found.push([step, outcome.status, (await ask()).version]);
    if (step !== 'retire') assert.deepEqual(await listRunning(), ['run-release-1-1'], step);
  }

  assert.deepEqual(found, [
    ['prepare', 'cancelled', '1'],
    ['release', 'cancelled', '1'],
    ['start', 'cancelled', '1'],
    ['healthy', 'cancelled', '1'],
    ['smoke', 'cancelled', '1'],
    ['switch', 'cancelled', '1'],
    ['observe', 'rolled-back', '1'],
    // Too late: users have it, and the older one is going.
    ['retire', 'serving', 'retire'],
  ]);
});

test('a run that was broken off in any step is gone on with by calling it again', limit, async (context) => {
  const { artifact, run, ask, listRunning } = await open(context);
  let previous = version(artifact, '1');
  await run(previous);

  for (const step of ['prepare', 'release', 'start', 'healthy', 'smoke', 'switch', 'observe', 'retire'] as const) {
    const release = withReleaseCommand(version(artifact, step));
    const end = new AbortController();
    const brokenOff = new Error('The worker has lost its lease.');
    const first = run(release, {
      previous,
      isNew: true,
      signal: end.signal,
      emit: (event) => {
        if (event.step === step && event.state === 'started') end.abort(brokenOff);
      },
    });
    // Nothing is undone, and an answer that came all the same is as good.
    await first.catch((error: unknown) => assert.equal(error, brokenOff));

    const outcome = await run(release, { previous, isNew: true, resumeFrom: step });

    assert.equal(outcome.status, 'serving', step);
    assert.equal((await ask()).version, step);
    assert.deepEqual(await listRunning(), [`run-release-${step}-1`]);
    previous = release;
  }
});

test(
  'a run that is gone on with after the switch leads users back, also where its instances are gone and it does not get so far again',
  limit,
  async (context) => {
    const { artifact, run, ask, target, listRunning } = await open(context);
    const one = version(artifact, '1');
    await run(one);
    const found = [];

    for (const step of ['switch', 'observe', 'retire'] as const) {
      const two = version(artifact, step);
      const end = new AbortController();
      const brokenOff = run(two, {
        previous: one,
        signal: end.signal,
        emit: (event) => {
          if (event.step === 'observe' && event.state === 'started') end.abort(new Error('The worker has lost its lease.'));
        },
      });
      await assert.rejects(brokenOff, /lost its lease/);
      const [own] = (await target.list('sample')).filter(({ release }) => release === two.id);
      await target.stop(own!, { graceMs: 0 });

      const outcome = await run({ ...two, smoke: [{ path: '/', status: 418 }] }, { previous: one, resumeFrom: step });
      found.push([step, outcome.status, 'step' in outcome && outcome.step, (await ask()).version, ...(await listRunning())]);
    }

    assert.deepEqual(found, [
      ['switch', 'rolled-back', 'smoke', '1', 'run-release-1-1'],
      ['observe', 'rolled-back', 'smoke', '1', 'run-release-1-1'],
      ['retire', 'rolled-back', 'smoke', '1', 'run-release-1-1'],
    ]);
  },
);

test('a first release that crashes after the switch leaves a stopped application', limit, async (context) => {
  const { artifact, run, ask, listRunning } = await open(context);

  const outcome = await run(version(artifact, '1'), {
    observeMs: 60_000,
    emit: async ({ step, state }) => {
      if (step === 'observe' && state === 'started') await ask('/crash');
    },
  });

  assert.equal(outcome.status, 'rolled-back');
  assert.equal((await ask()).status, 503);
  assert.deepEqual(await listRunning(), []);
});

test('what an engine, a registry or the router could not do for a moment is done a moment later', limit, async (context) => {
  const { target, router, artifact, run, events, ask, listRunning } = await open(context);
  await run(version(artifact, '1'));
  const flaky = {
    ...target,
    prepare: failing(1, 'REGISTRY_UNREACHABLE', target.prepare),
    startCandidate: failing(1, 'ENGINE_FAILED', target.startCandidate),
  };

  const { status } = await run(version(artifact, '2'), {
    target: flaky,
    router: { ...router, setRoute: failing(1, 'ROUTER_UNREACHABLE', router.setRoute) },
  });

  assert.equal(status, 'serving');
  assert.equal((await ask()).version, '2');
  assert.deepEqual(await listRunning(), ['run-release-2-1']);
  const told = events.filter(({ state }) => state === 'news').map(({ step, message }) => [step, message]);
  assert.deepEqual(
    ['prepare', 'start', 'switch'].map((step) => told.find(([of]) => of === step)?.[1]),
    Array.from({ length: 3 }, () => 'It is not there. It is tried again in 1 s.'),
  );
});

test('a router that comes back while users are led back leads them back', limit, async (context) => {
  const { router, artifact, run, ask } = await open(context);
  await run(version(artifact, '1'));

  const { status } = await run(version(artifact, '2'), {
    previous: version(artifact, '1'),
    router: { ...router, setRoute: failing(6, 'ROUTER_UNREACHABLE', router.setRoute) },
  });

  assert.equal(status, 'rolled-back');
  assert.equal((await ask()).version, '1');
});

test('where one of several instances cannot be started, none of the others stays, however late it comes', limit, async (context) => {
  const { target, artifact, run, listRunning } = await open(context);
  let late: Promise<unknown> | undefined;
  const uneven: Target = {
    ...target,
    async startCandidate(release, { id }) {
      if (id.endsWith('-1')) throw new DeliveryError('START_FAILED', 'It is not there.');
      const started = delay(500).then(() => target.startCandidate(release, { id }));
      late = started;
      return started;
    },
  };

  const { status } = await run(version(artifact, '1', { instances: 2 }), { target: uneven });
  await late;

  assert.equal(status, 'failed');
  assert.deepEqual(await listRunning(), []);
});
