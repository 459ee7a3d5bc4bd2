import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import type { Application, Deployment } from '@deployguard/contracts';
import { anApplication, quickly } from '../../../test/an-application.ts';
import { startDeploymentsService } from '../../../test/start-deployments-service.ts';
import type { DeploymentsService } from '../../../test/start-deployments-service.ts';

// The ways in which a deployment can go wrong, through real processes. In each: users of the release before notice nothing, the state is true,
// the reason can be read, and nothing is left behind.

const limit = { timeout: 1_800_000 };
/** Long enough for a user to come on any machine, where that is what something goes wrong by: it ends the watch. Elsewhere nobody waits for it. */
const observeSeconds = 20;
let service: DeploymentsService;

before(async () => {
  service = await startDeploymentsService({ observeSeconds });
  service.change({ observeSeconds: 0 });
  await service.startWorker();
});
after(() => service.stop());

const isLong = process.env['DEPLOYGUARD_LONG_TESTS'] !== undefined;
/** CI plays a few of the rows: which, `DEPLOYGUARD_TEST_SEED` decides. */
const seed = Number(process.env['DEPLOYGUARD_TEST_SEED'] ?? 2);

type Status = Deployment['status'];

interface Row {
  readonly what: string;
  /** Has it go wrong, with users of `steady` there; returns the deployment that it is about. */
  readonly bring: () => Promise<string>;
  readonly ends: Status;
  readonly code?: RegExp;
  /** Default: the application's. */
  readonly fault?: RegExp;
  readonly says?: RegExp;
  /** All that users may get while it goes on. Default: the release before. */
  readonly answers?: RegExp;
  /** What they have when it is over. Default: the release before. */
  readonly leaves?: string;
}

const ends: readonly Status[] = ['EXPOSED', 'STOPPED', 'FAILED', 'CANCELLED', 'ROLLED_BACK', 'ROLLBACK_FAILED'];
const order: readonly Status[] = ['QUEUED', 'ANALYZING', 'BUILDING', 'PROVISIONING', 'DEPLOYING', 'HEALTHY', 'ROLLING_BACK', ...ends];

/** Long enough to listen on any machine, where that is what goes wrong. */
const soon = { health: { path: '/', attempts: 60, interval_seconds: 0.25, timeout_seconds: 2 } };
const never = anApplication('bad', { listen: 'setInterval(() => {}, 1000)' });
/** Well until its first user comes. */
const crashing = anApplication('bad', {
  answer: `if (!/deployguard/.test(request.headers['user-agent'])) setTimeout(() => { console.error('no database'); process.exit(3); }, 50);`,
});

const broken = (what: string, files: Record<string, string>, code: string, says: RegExp, config: Record<string, unknown> = {}): Row => ({
  what,
  bring: () => deploy(files, config),
  ends: 'FAILED',
  code: new RegExp(`^${code}$`),
  says,
});

const failures: readonly Row[] = [
  broken('the build fails', anApplication('bad'), 'BUILD_FAILED', /cannot compile/, { build_command: 'echo cannot compile >&2; exit 7' }),
  broken('a dependency is missing', anApplication('bad', { setup: "require('left-pad-of-nobody');" }), 'CRASHED', /left-pad-of-nobody/),
  broken(
    'the start crashes',
    anApplication('bad', { setup: 'console.error("no such setting"); process.exit(3);' }),
    'CRASHED',
    /no such setting/,
  ),
  broken('it never listens', never, 'NEVER_LISTENED', /PORT/, { health: { path: '/', attempts: 8, interval_seconds: 0.25 } }),
  broken(
    'it listens on another port',
    anApplication('bad', { listen: 'server.listen(0)' }),
    'OTHER_PORT',
    /listens on port \d+, but has to listen on port \d+/,
    soon,
  ),
  broken('it answers its health check with 500', anApplication('bad', { answer: 'response.statusCode = 500;' }), 'UNHEALTHY', /500/, soon),
  broken('a smoke test fails after it was healthy', anApplication('bad'), 'SMOKE_FAILED', /good/, {
    smoke_tests: [{ path: '/', body_includes: 'good' }],
  }),
  broken(
    'it needs more memory than it may have',
    anApplication('bad', { setup: 'globalThis.kept = []; setInterval(() => kept.push(Buffer.alloc(20e6, 1)), 20);', listen: '' }),
    'CRASHED',
    /more memory than its limit allows/,
    { resources: { memory: '128Mi' } },
  ),
  {
    what: 'the disk is full',
    async bring() {
      const free = service.fillDisk();
      // Where nothing may be mounted, files as such are too large.
      const id = await deploy(
        anApplication('bad'),
        free === undefined ? { build_command: 'ulimit -f 8; head -c 100000 /dev/zero >large' } : {},
      );
      await service.waitFor(id, ...ends);
      await service.settle('steady');
      free?.();
      return id;
    },
    ends: 'FAILED',
    code: /^(DISK_FULL|BUILD_FAILED)$/,
    fault: /^(platform|application)$/,
    says: /room|large/,
  },
  {
    what: 'it crashes after the switch',
    async bring() {
      service.change({ observeSeconds });
      const id = await deploy(crashing);
      await service.waitFor(id, ...ends);
      service.change({ observeSeconds: 0 });
      return id;
    },
    ends: 'ROLLED_BACK',
    code: /^CRASHED$/,
    says: /no database/,
    // It was what users had for a moment.
    answers: /./,
  },
  {
    what: 'it starts slowly',
    bring: () => deploy(anApplication('slow', { listen: 'setTimeout(() => server.listen(process.env.PORT), 2500)' })),
    ends: 'EXPOSED',
    answers: /^200 (good|slow) $/,
    leaves: 'slow',
  },
  {
    what: 'two are deployed at once',
    async bring() {
      const first = await deploy(anApplication('one'));
      const second = await deploy(anApplication('two'));
      const { status } = await service.get(second);
      await service.waitFor(second, 'EXPOSED', 'FAILED');
      assert.deepEqual([status, (await service.get(first)).status], ['QUEUED', 'STOPPED']);
      return second;
    },
    ends: 'EXPOSED',
    answers: /^200 (good|one|two) $/,
    leaves: 'two',
  },
];

/** What takes its time in each state, so that something can happen in it. */
const held: Readonly<Partial<Record<Status, () => Promise<string>>>> = {
  ANALYZING: () => deploy(never),
  BUILDING: () => deploy(anApplication('bad'), { build_command: 'setsid sleep 300 & sleep 300' }),
  PROVISIONING: () => deploy(never),
  DEPLOYING: () => deploy(never),
};

const cancelled = { code: /^CANCELLED$/, fault: /^user$/, says: /cancelled/ } as const;

const cancels: readonly Row[] = [
  {
    what: 'it is cancelled while it is QUEUED',
    async bring() {
      const first = await deploy(anApplication('good'));
      const second = await deploy(anApplication('bad'));
      await cancel(second);
      await service.waitFor(first, 'EXPOSED');
      return second;
    },
    ends: 'CANCELLED',
    ...cancelled,
  },
  ...Object.entries(held).map(([state, begin]): Row => ({
    what: `it is cancelled while it is ${state}`,
    async bring() {
      const id = await begin();
      await reach(id, state as Status);
      await cancel(id);
      return id;
    },
    ends: 'CANCELLED',
    ...cancelled,
  })),
  {
    what: 'it is cancelled while it is HEALTHY',
    async bring() {
      service.change({ observeSeconds: 600 });
      const id = await deploy(anApplication('new'));
      await reach(id, 'HEALTHY', 'observe');
      await cancel(id);
      service.change({ observeSeconds: 0 });
      return id;
    },
    ends: 'ROLLED_BACK',
    ...cancelled,
    answers: /^200 (good|new) $/,
  },
];

const slowly = anApplication('new', { listen: 'setTimeout(() => server.listen(process.env.PORT), 1000)' });

const lost = (state: Status, begin: () => Promise<string>, row: Partial<Row> = {}): Row => ({
  what: `its worker is killed while it is ${state}`,
  bring: () => loseWorker(begin, (id) => reach(id, state)),
  ends: 'EXPOSED',
  answers: /^200 (good|new) $/,
  leaves: 'new',
  ...row,
});

const losses: readonly Row[] = [
  lost('ANALYZING', () => deploy(slowly)),
  lost('BUILDING', () => deploy(slowly, { build_command: 'setsid sleep 3 & sleep 3' })),
  lost('PROVISIONING', () => deploy(slowly)),
  lost('DEPLOYING', () => deploy(slowly)),
  lost('HEALTHY', () => deploy(slowly)),
  lost('ROLLING_BACK', () => deploy(crashing), { ends: 'ROLLED_BACK', code: /^CRASHED$/, answers: /./, leaves: 'good' }),
  {
    what: 'its worker is killed while it is being cancelled',
    bring: () =>
      loseWorker(held.BUILDING!, async (id) => {
        await reach(id, 'BUILDING');
        await cancel(id);
      }),
    ends: 'CANCELLED',
    ...cancelled,
  },
  {
    what: 'the worker is killed while users are led back by request',
    bring: () =>
      loseWorker(
        async () => {
          const id = await deploy(slowly);
          await service.waitFor(id, 'EXPOSED');
          await service.settle('steady');
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
    bring: () =>
      loseWorker(
        async () => {
          const [application] = await list('steady');
          assert.equal((await service.call('POST', `/api/v2/applications/${application!.id}/scale`, { instances: 2 })).status, 202);
          return application!.current_deployment_id!;
        },
        async () => {
          while ((await service.listInstances('steady')).length < 2) await delay(5);
        },
      ),
    ends: 'EXPOSED',
  },
];

/** Those that are asked for by name, or all where there is time for it, or of each kind some; the one after the switch always. */
function draw(): readonly Row[] {
  const all = [...failures, ...cancels, ...losses];
  const named = process.env['DEPLOYGUARD_TEST_ROWS'];
  if (named !== undefined) return all.filter(({ what }) => new RegExp(named).test(what));
  if (isLong) return all;
  const pick = (rows: readonly Row[], turn: number): Row => rows[Math.floor(seed / 97 ** turn) % rows.length]!;
  return [pick(failures, 0), failures.find(({ ends: end }) => end === 'ROLLED_BACK')!, pick(cancels, 1), pick(losses, 2)];
}

test('whatever goes wrong with a release, its users keep the one before, and nothing is left behind', limit, async (context) => {
  context.diagnostic(`DEPLOYGUARD_TEST_SEED=${seed}`);
  for (const row of draw()) await context.test(row.what, () => play(row));
});

async function play({
  bring,
  ends: end,
  code,
  fault = /^application$/,
  says,
  answers = /^200 good $/,
  leaves = 'good',
}: Row): Promise<void> {
  await restore();
  const users = askAllTheTime();

  const id = await bring();
  const { status, last_error: error } = await service.waitFor(id, ...ends);
  const application = await service.settle('steady');
  const got = await users.stop();

  assert.equal(status, end, JSON.stringify(error));
  if (code === undefined) assert.equal(error, null);
  else {
    assert.match(error!.code, code, error!.message);
    assert.match(error!.fault!, fault);
  }
  if (says !== undefined) assert.match([error!.message, ...(error!.logs ?? [])].join('\n'), says);
  assert.ok(got.length > 0);
  assert.deepEqual(
    got.filter((answer) => !answers.test(answer)),
    [],
  );
  assert.deepEqual(await service.ask('steady'), { status: 200, text: `${leaves} ` });
  assert.equal((await service.get(application!.current_deployment_id!)).status, 'EXPOSED');
  assert.deepEqual(await service.listRemains('steady'), []);
}

test('an application that is destroyed while it is being deployed is gone, and so is all that it had begun', limit, async () => {
  const states = Object.entries(held) as [Status, () => Promise<string>][];
  for (const [state] of isLong ? states : [states[seed % states.length]!]) {
    const id = await service.deploy('doomed', never, {
      config: { application: { ...quickly, ...(state === 'BUILDING' && { build_command: 'sleep 300' }) } },
    });
    await reach(id, state);
    const [application] = await list('doomed');

    const { status } = await service.call('DELETE', `/api/v2/applications/${application!.id}`);
    const gone = await service.settle('doomed');

    assert.equal(status, 202);
    assert.equal(gone, undefined);
    assert.equal((await service.ask('doomed')).status, 404);
    assert.deepEqual(await service.listRemains('doomed'), []);
  }
});

/** The good release serves, once. */
async function restore(): Promise<void> {
  const [application] = await list('steady');
  if ((application?.instances ?? 1) > 1) {
    await service.call('POST', `/api/v2/applications/${application!.id}/scale`, { instances: 1 });
    await service.settle('steady');
  }
  if ((await service.ask('steady').catch(() => undefined))?.text === 'good ') return;
  const { status, last_error: error } = await service.waitFor(await deploy(anApplication('good')), ...ends);
  assert.equal(status, 'EXPOSED', JSON.stringify(error));
  await service.settle('steady');
}

function deploy(files: Record<string, string>, config: Record<string, unknown> = {}): Promise<string> {
  return service.deploy('steady', files, { config: { application: { ...quickly, ...config } } });
}

async function cancel(id: string): Promise<void> {
  const { status, text } = await service.call('DELETE', `/api/v2/deployments/${id}`);
  assert.equal(status, 202, text);
}

async function list(name: string): Promise<Application[]> {
  return (await service.call('GET', `/api/v2/applications?name=${name}`)).json['items'] as Application[];
}

/** Waits until the deployment is in this state and step, or further on: some are over soon. */
async function reach(id: string, state: Status, step?: string): Promise<void> {
  for (;;) {
    const now = await service.get(id);
    const [is, wanted] = [order.indexOf(now.status), order.indexOf(state)];
    if (is > wanted || (is === wanted && (step === undefined || now.step === step))) return;
    await delay(5);
  }
}

/** Has what `begin` asks for done by a worker that is killed as soon as it is so far; another one goes on. */
async function loseWorker(begin: () => Promise<string>, soFar: (id: string) => Promise<void>): Promise<string> {
  await service.stopWorkers();
  const worker = await service.startWorkerProcess();
  try {
    const id = await begin();
    await soFar(id);
    return id;
  } finally {
    await worker.kill();
    await service.startWorker();
  }
}

/** Users who ask again and again; `stop` tells what each of them got. */
function askAllTheTime(): { stop(): Promise<readonly string[]> } {
  const answers: string[] = [];
  const over = new AbortController();
  const asking = (async () => {
    while (!over.signal.aborted) {
      answers.push(await service.ask('steady').then(({ status, text }) => `${status} ${text}`, String));
      await delay(10);
    }
  })();
  return {
    async stop() {
      over.abort();
      await asking;
      return answers;
    },
  };
}
