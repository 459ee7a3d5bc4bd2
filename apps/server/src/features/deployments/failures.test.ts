import assert from 'node:assert/strict';
import { randomInt } from 'node:crypto';
import { after, before, test } from 'node:test';
import type { Deployment } from '@deployguard/contracts';
import { anApplication } from '../../../test/an-application.ts';
import { startDeploymentsService } from '../../../test/start-deployments-service.ts';
import type { DeploymentsService } from '../../../test/start-deployments-service.ts';

// The ways in which a deployment can go wrong, through real processes. In each: users of the release before notice nothing, the state is true,
// the reason can be read, and nothing is left behind.

const limit = { timeout: 900_000 };
let service: DeploymentsService;

before(async () => {
  service = await startDeploymentsService({ observeSeconds: 1 });
  await service.startWorker();
});
after(() => service.stop());

const isLong = process.env['DEPLOYGUARD_LONG_TESTS'] !== undefined;

/** CI tries one of the others each time. */
const drawn = randomInt(4);
const isDrawn = (index: number): boolean => isLong || index === drawn;

const quick = { health: { path: '/', attempts: 8, interval_seconds: 0.25, timeout_seconds: 2 } };

interface Row {
  readonly what: string;
  readonly files: Record<string, string>;
  readonly config?: Record<string, unknown>;
  readonly status: Deployment['status'];
  readonly code: string;
  readonly says: RegExp;
}

const crash = 'setTimeout(() => { console.error("no database"); process.exit(3); }, 700);';

const rows: readonly Row[] = [
  {
    what: 'the build fails',
    files: anApplication('bad'),
    config: { build_command: 'echo cannot compile >&2; exit 7' },
    status: 'FAILED',
    code: 'BUILD_FAILED',
    says: /cannot compile|exit/,
  },
  {
    what: 'a dependency is missing',
    files: anApplication('bad', { setup: "require('left-pad-of-nobody');" }),
    status: 'FAILED',
    code: 'CRASHED',
    says: /left-pad-of-nobody/,
  },
  {
    what: 'the start crashes',
    files: anApplication('bad', { setup: 'console.error("no such setting"); process.exit(3);' }),
    status: 'FAILED',
    code: 'CRASHED',
    says: /no such setting/,
  },
  {
    what: 'it never listens',
    files: anApplication('bad', { listen: 'setInterval(() => {}, 1000)' }),
    status: 'FAILED',
    code: 'NEVER_LISTENED',
    says: /PORT/,
  },
  {
    what: 'it listens on another port',
    files: anApplication('bad', { listen: 'server.listen(0)' }),
    status: 'FAILED',
    code: 'OTHER_PORT',
    says: /listens on port \d+, but has to listen on port \d+/,
  },
  {
    what: 'it answers its health check with 500',
    files: anApplication('bad', { answer: 'response.statusCode = 500;' }),
    status: 'FAILED',
    code: 'UNHEALTHY',
    says: /500/,
  },
  {
    what: 'a smoke test fails after it was healthy',
    files: anApplication('bad'),
    config: { smoke_tests: [{ path: '/', body_includes: 'good' }] },
    status: 'FAILED',
    code: 'SMOKE_FAILED',
    says: /good/,
  },
  {
    what: 'it crashes after the switch',
    files: anApplication('bad', { setup: crash }),
    status: 'ROLLED_BACK',
    code: 'CRASHED',
    says: /no database/,
  },
];

/** Two of them: one before the switch, and the one after it. */
function drawRows(): Row[] {
  return [rows[randomInt(rows.length - 1)]!, rows.at(-1)!];
}

test('whatever goes wrong with a release, its users keep the one before', limit, async (context) => {
  const good = await service.deploy('steady', anApplication('good'), { config: { application: quick } });
  await service.waitFor(good, 'EXPOSED');
  await service.settle('steady');

  for (const { what, files, config = {}, status, code, says } of isLong ? rows : drawRows()) {
    await context.test(what, async () => {
      const users = askAllTheTime('steady');

      const id = await service.deploy('steady', files, { config: { application: { ...quick, ...config } } });
      const ended = await service.waitFor(id, 'EXPOSED', 'FAILED', 'ROLLED_BACK', 'ROLLBACK_FAILED');
      await service.settle('steady');

      assert.deepEqual([ended.status, ended.last_error?.code], [status, code], JSON.stringify(ended.last_error));
      assert.match([ended.last_error!.message, ...(ended.last_error!.logs ?? [])].join('\n'), says);
      assert.equal(ended.last_error!.fault, 'application');
      const answers = await users.stop();
      // A release that crashes after the switch was what users had for a moment.
      if (status === 'FAILED') assert.deepEqual([...new Set(answers)], ['200 good ']);
      assert.deepEqual(await service.ask('steady'), { status: 200, text: 'good ' });
      assert.equal((await service.waitFor(good, 'EXPOSED')).is_current, true);
      assert.equal((await service.listInstances('steady')).length, 1);
    });
  }
});

if (isDrawn(0))
  test('a slow start is waited for', limit, async () => {
    const slow = anApplication('slow', { listen: 'setTimeout(() => server.listen(process.env.PORT), 2500)' });

    const id = await service.deploy('slow', slow, {
      config: { application: { health: { path: '/', attempts: 60, interval_seconds: 0.25 } } },
    });
    const ended = await service.waitFor(id, 'EXPOSED', 'FAILED');

    assert.equal(ended.status, 'EXPOSED', JSON.stringify(ended.last_error));
  });

if (isDrawn(1))
  test('two deployments at once are done one after the other, in their order', limit, async () => {
    const first = await service.deploy('twice', anApplication('one'));
    const second = await service.deploy('twice', anApplication('two'));
    const waiting = await service.waitFor(second, 'QUEUED', 'ANALYZING');

    await service.waitFor(second, 'EXPOSED', 'FAILED');
    const ended = await service.waitFor(first, 'STOPPED', 'FAILED');
    await service.settle('twice');

    assert.equal(waiting.status, 'QUEUED');
    assert.equal(ended.status, 'STOPPED');
    assert.deepEqual(await service.ask('twice'), { status: 200, text: 'two ' });
  });

const cancels = [
  ['QUEUED', {}],
  ['BUILDING', { build_command: 'sleep 60' }],
  ['DEPLOYING', { health: { path: '/', attempts: 600, interval_seconds: 0.2 } }],
] as const;

for (const [state, application] of isLong ? cancels : drawn === 3 ? [cancels[randomInt(cancels.length)]!] : []) {
  test(`a deployment that is ${state} is cancelled, and what it began goes`, limit, async () => {
    const name = `cancelled-${state.toLowerCase()}`;
    const good = await service.deploy(name, anApplication('good'));
    if (state !== 'QUEUED') await service.waitFor(good, 'EXPOSED');

    const never = anApplication('bad', { listen: 'setInterval(() => {}, 1000)' });
    const id = await service.deploy(name, never, { config: { application } });
    await service.waitFor(id, state);
    const { status } = await service.call('DELETE', `/api/v2/deployments/${id}`);
    const ended = await service.waitFor(id, 'CANCELLED', 'FAILED', 'EXPOSED');
    await service.waitFor(good, 'EXPOSED');
    await service.settle(name);

    assert.deepEqual([status, ended.status], [202, 'CANCELLED']);
    assert.deepEqual(await service.ask(name), { status: 200, text: 'good ' });
    assert.equal((await service.listInstances(name)).length, 1);
  });
}

if (isDrawn(2))
  test('an application that is destroyed while it is being deployed is gone, and so is all that it had begun', limit, async () => {
    const id = await service.deploy('doomed', anApplication('bad', { listen: 'setInterval(() => {}, 1000)' }), {
      config: { application: { health: { path: '/', attempts: 600, interval_seconds: 0.2 } } },
    });
    await service.waitFor(id, 'DEPLOYING');
    const [application] = (await service.call('GET', '/api/v2/applications?name=doomed')).json['items'] as { id: string }[];

    const { status } = await service.call('DELETE', `/api/v2/applications/${application!.id}`);
    const gone = await service.settle('doomed');

    assert.equal(status, 202);
    assert.equal(gone, undefined);
    assert.equal((await service.listInstances('doomed')).length, 0);
    assert.equal((await service.ask('doomed')).status, 404);
  });

/** Users who ask again and again; `stop` tells what each of them got. */
function askAllTheTime(application: string): { stop(): Promise<readonly string[]> } {
  const answers: string[] = [];
  const over = new AbortController();
  const asking = (async () => {
    while (!over.signal.aborted) {
      const { status, text } = await service.ask(application);
      answers.push(`${status} ${text}`);
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
