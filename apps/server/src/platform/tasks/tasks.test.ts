import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { sql } from 'kysely';
import { aKind, startTestService } from '../../../test/start-test-service.ts';
import type { TestService } from '../../../test/start-test-service.ts';
import type { Tx } from '../database/index.ts';
import { appendEvents, listEvents } from '../events/index.ts';
import { StorageError } from '../storage/index.ts';
import { cancelTask, enqueueTask, listTasks, redriveTask, TaskError } from './index.ts';
import type { EndedTask, TaskContext } from './index.ts';
import { reapTasks } from './reap-tasks.ts';
import { defaultBackoff } from './settle-task.ts';

let service: TestService;
before(async () => {
  service = await startTestService();
  await service.database.query('create table effects (tenant_id uuid not null, task_id uuid not null, attempt integer not null)');
  await service.database.query(`grant all on effects to ${new URL(service.database.url).username}`);
});
after(() => service.stop());

const alice = { userId: 'alice', ip: '192.0.2.7', requestId: 'request-1' };
const limit = { timeout: 180_000 };

test('a task runs with its input when the transaction that asked for it is committed', limit, async () => {
  const kind = aKind();
  const inputs: unknown[] = [];
  const worker = await service.startWorker([{ ...kind, handle: async (input) => void inputs.push(input) }]);

  await assert.rejects(
    service.database.asTenant(service.database.tenantId, async (tx) => {
      await enqueueTask(tx, kind, { number: 1 });
      throw new Error('rolled back');
    }),
  );
  const id = await service.enqueue(kind, { number: 2 });

  const task = await service.waitFor(id, 'succeeded');
  await worker.stop();
  assert.deepEqual(inputs, [{ number: 2 }]);
  assert.deepEqual([task.attempt, task.failures, task.progressPercent, task.lastError], [1, 0, 100, null]);
  assert.equal(worker.attempts[0]?.outcome, 'succeeded');
});

test('a task with a later moment waits for it', limit, async () => {
  const kind = aKind();
  const worker = await service.startWorker([{ ...kind, handle: async () => {} }]);
  const scheduler = service.startScheduler();

  const id = await service.enqueue(kind, {}, { delaySeconds: 1.2 });

  const task = await service.waitFor(id, 'succeeded');
  await Promise.all([worker.stop(), scheduler.stop()]);
  assert.equal(task.runAt.getTime() - task.createdAt.getTime(), 1200);
  assert.ok(task.startedAt! >= task.runAt);
});

test('an error is tried again until there were too many, and what the task was for is told once', limit, async () => {
  const kind = aKind({ maxFailures: 3 });
  const ended: EndedTask[] = [];
  const definition = {
    ...kind,
    handle: () => Promise.reject(new TaskError('CHILD_FAILED', 'It does not work.')),
    ended: async (tx: Tx, task: EndedTask) => {
      await sql`insert into effects values (${task.tenantId}, ${task.id}, 0)`.execute(tx);
      ended.push(task);
    },
  };
  const worker = await service.startWorker([definition]);
  const scheduler = service.startScheduler();

  const id = await service.enqueue(kind, { some: 'input' });

  const task = await service.waitFor(id, 'failed');
  await Promise.all([worker.stop(), scheduler.stop()]);
  assert.deepEqual([task.attempt, task.failures], [3, 3]);
  assert.deepEqual(task.lastError, { code: 'CHILD_FAILED', message: 'It does not work.' });
  assert.deepEqual(
    ended.map(({ outcome, input, error }) => [outcome, input, error?.code]),
    [['failed', { some: 'input' }, 'CHILD_FAILED']],
  );
  assert.deepEqual(await listEffects(id), [0]);
});

test('an error that is final is not tried again, and of a foreign error nothing is kept', limit, async () => {
  const kind = aKind();
  const secret = ['not', 'to', 'be', 'kept'].join('-');
  const seen: unknown[] = [];
  const worker = await service.startWorker(
    [{ ...kind, handle: async () => void JSON.parse(secret), isFinal: (error) => error instanceof SyntaxError }],
    { onError: (error) => seen.push(error) },
  );

  const id = await service.enqueue(kind);

  const task = await service.waitFor(id, 'failed');
  await worker.stop();
  assert.equal(task.attempt, 1);
  assert.equal(task.lastError?.code, 'UNEXPECTED');
  assert.ok(!JSON.stringify(await service.database.query('select * from tasks where id = $1', [id])).includes('not-'));
  assert.ok(seen[0] instanceof SyntaxError);
});

test(
  'while a service of the platform is away, a task is tried again as often as it takes, and nothing counts against it',
  limit,
  async () => {
    const kind = aKind({ maxFailures: 2 });
    const codes = ['STORAGE_DOWN', 'DATABASE_UNREACHABLE', 'CREDENTIALS_UNAVAILABLE', 'STORAGE_REFUSED', '53300', 'STORAGE_DOWN'];
    const worker = await service.startWorker([
      {
        ...kind,
        async handle(_, { attempt }) {
          const code = codes[attempt - 1];
          if (code !== undefined) throw Object.assign(new Error('It is away.'), { name: 'OutageError', code });
        },
      },
    ]);
    const scheduler = service.startScheduler();

    const id = await service.enqueue(kind);

    const task = await service.waitFor(id, 'succeeded', 'failed');
    await Promise.all([worker.stop(), scheduler.stop()]);
    assert.deepEqual([task.state, task.attempt, task.failures], ['succeeded', codes.length + 1, 0]);
  },
);

test('a service that was away for a day is a failure, and says so', limit, async () => {
  const kind = aKind();
  const ended: (string | undefined)[] = [];
  const definition = {
    ...kind,
    handle: () => Promise.reject(new StorageError('STORAGE_DOWN', 'The server of stored files does not answer.')),
    ended: async (_: unknown, task: EndedTask) => void ended.push(task.error?.code),
  };
  const id = await service.enqueue(kind, {}, { delaySeconds: 3600 });
  await service.database.query(`update tasks set outage_since = now() - interval '23 hours', run_at = now() where id = $1`, [id]);
  const worker = await service.startWorker([definition], { backoff: defaultBackoff });
  const scheduler = service.startScheduler();
  while ((await service.getTask(id)).lastError === null || (await service.getTask(id)).state === 'running') await delay(20);
  const [waiting] = await service.database.query<{ state: string; seconds: number }>(
    `select state, extract(epoch from run_at - now())::float8 as seconds from tasks where id = $1`,
    [id],
  );

  await service.database.query(`update tasks set outage_since = now() - interval '25 hours', run_at = now() where id = $1`, [id]);

  const task = await service.waitFor(id, 'failed');
  await Promise.all([worker.stop(), scheduler.stop()]);
  assert.equal(waiting!.state, 'queued');
  // After 23 hours that is the longest wait, less up to its half at random; and some of it has passed since.
  assert.ok(waiting!.seconds > 20 && waiting!.seconds <= 120, `${waiting!.seconds}`);
  assert.deepEqual([task.lastError?.code, task.failures], ['STORAGE_DOWN', 0]);
  assert.deepEqual(ended, ['STORAGE_DOWN']);
});

test('a running task that is cancelled stops and is cancelled', limit, async () => {
  const kind = aKind();
  const started = Promise.withResolvers<void>();
  const reasons: unknown[] = [];
  const outcomes: string[] = [];
  const worker = await service.startWorker([
    {
      ...kind,
      async handle(_, { signal }) {
        started.resolve();
        await delay(60_000, undefined, { signal }).catch(() => reasons.push(signal.reason));
        signal.throwIfAborted();
      },
      ended: async (_, task) => void outcomes.push(task.outcome),
    },
  ]);
  const id = await service.enqueue(kind);
  await started.promise;

  const answer = await inTenant((tx) => cancelTask(tx, id));

  const task = await service.waitFor(id, 'cancelled');
  await worker.stop();
  assert.equal(answer, 'cancelling');
  assert.equal(task.failures, 0);
  assert.equal((reasons[0] as TaskError).code, 'TASK_CANCELLED');
  assert.deepEqual(outcomes, ['cancelled']);
  assert.equal(await inTenant((tx) => cancelTask(tx, id)), 'ended');
});

test('a waiting task that is cancelled never runs', limit, async () => {
  const kind = aKind();
  const id = await service.enqueue(kind);

  const answer = await inTenant((tx) => cancelTask(tx, id));

  let hasRun = false;
  const worker = await service.startWorker([{ ...kind, handle: async () => void (hasRun = true) }]);
  await service.doorbell.ring({ taskId: id, kind: kind.kind, queue: kind.queue });
  await worker.stop();
  assert.deepEqual([answer, hasRun, (await service.getTask(id)).state], ['cancelled', false, 'cancelled']);
});

test('a task beyond its soft limit is asked to stop, one that does not care is given up at the hard limit', limit, async () => {
  const polite = aKind({ maxFailures: 1 });
  const deaf = aKind({ maxFailures: 1 });
  const limits = { softLimitSeconds: 0.2, hardLimitSeconds: 0.4 };
  const release = Promise.withResolvers<void>();
  const worker = await service.startWorker([
    { ...polite, ...limits, handle: (_, { signal }) => delay(60_000, undefined, { signal }) },
    { ...deaf, ...limits, handle: () => release.promise },
  ]);

  const tasks = await Promise.all([polite, deaf].map(async (kind) => service.waitFor(await service.enqueue(kind), 'failed')));

  release.resolve();
  await worker.stop();
  assert.deepEqual(
    tasks.map((task) => task.lastError?.code),
    ['TIME_LIMIT', 'TIME_LIMIT'],
  );
});

test('a worker that lost its lease cannot write any more', limit, async () => {
  const kind = aKind();
  const errors: unknown[] = [];
  const worker = await service.startWorker([
    {
      ...kind,
      async handle(_, context) {
        await context.fenced((tx) => addEffect(tx, context));
        await service.database.query('update tasks set attempt = attempt + 1 where id = $1', [context.taskId]);
        await context.fenced((tx) => addEffect(tx, context)).catch((error: unknown) => errors.push(error));
        await context.finish((tx) => addEffect(tx, context));
      },
    },
  ]);

  const id = await service.enqueue(kind);

  while (worker.attempts.length === 0) await delay(10);
  await worker.stop();
  assert.equal(worker.attempts[0]!.outcome, 'lost');
  assert.equal((errors[0] as TaskError).code, 'LEASE_LOST');
  assert.deepEqual(await listEffects(id), [1]);
  assert.equal((await service.getTask(id)).state, 'running');
});

test('the lease is kept while the main thread is blocked', limit, async () => {
  const kind = aKind();
  const reaped: number[] = [];
  const worker = await service.startWorker(
    [
      {
        ...kind,
        async handle() {
          const until = performance.now() + 4500;
          while (performance.now() < until);
          reaped.push(await reapTasks({ database: service.database, definitions: [], backoff: defaultBackoff }));
        },
      },
    ],
    { leaseSeconds: 3, heartbeatSeconds: 0.5 },
  );

  const task = await service.waitFor(await service.enqueue(kind), 'succeeded');

  await worker.stop();
  assert.deepEqual([reaped, task.attempt], [[0], 1]);
});

test('a task that costs three workers their lease is dead, is listed, and runs when it is tried again', limit, async () => {
  const kind = aKind({ queue: 'push' });
  const ended: EndedTask[] = [];
  const definition = { ...kind, handle: async () => {}, ended: async (_: unknown, task: EndedTask) => void ended.push(task) };
  const id = await service.enqueue(kind);
  for (let round = 1; round <= 3; round++) {
    await service.database.query(
      `update tasks set state = 'running', attempt = attempt + 1, lease_until = now() - interval '1 second' where id = $1`,
      [id],
    );
    await reapTasks({ database: service.database, definitions: [definition], backoff: defaultBackoff });
  }

  const dead = await inTenant((tx) => listTasks(tx, { state: 'dead', limit: 10 }));

  assert.deepEqual(
    dead.map((task) => [task.id, task.lastError?.code]),
    [[id, 'WORKER_LOST']],
  );
  assert.deepEqual(
    ended.map(({ outcome }) => outcome),
    ['dead'],
  );
  const audited = await inTenant((tx) => tx.selectFrom('audit_logs').select(['user_id', 'action', 'details']).execute());
  assert.deepEqual(audited, [{ user_id: 'system', action: 'task_dead', details: { task_id: id, kind: kind.kind } }]);
  const worker = await service.startWorker([definition]);
  await inTenant(async (tx) => {
    // As while the broker is away: the doorbell of before has not rung yet.
    await sql`insert into outbox (id, kind, queue) values (${id}, ${kind.kind}, ${kind.queue}) on conflict do nothing`.execute(tx);
    await redriveTask(tx, id, alice);
  });
  const task = await service.waitFor(id, 'succeeded');
  await worker.stop();
  assert.equal(task.attempt, 4);
  await assert.rejects(
    inTenant((tx) => redriveTask(tx, id, alice)),
    (error) => error instanceof TaskError && error.code === 'TASK_NOT_ENDED',
  );
});

test('a worker that stops gives its work back, and nothing counts against the task', limit, async () => {
  const kind = aKind();
  const started = Promise.withResolvers<void>();
  const first = await service.startWorker([
    {
      ...kind,
      async handle(_, { signal }) {
        started.resolve();
        await delay(60_000, undefined, { signal });
      },
    },
  ]);
  const id = await service.enqueue(kind);
  await started.promise;

  const stoppedAt = performance.now();
  await first.stop({ graceSeconds: 0.1 });
  const seconds = (performance.now() - stoppedAt) / 1000;
  const second = await service.startWorker([{ ...kind, handle: async () => {} }]);

  const task = await service.waitFor(id, 'succeeded');
  await second.stop();
  assert.ok(seconds < 30, `it took ${seconds} seconds`);
  assert.equal(first.attempts[0]!.outcome, 'returned');
  assert.deepEqual([task.attempt, task.failures], [2, 0]);
});

test('a worker that stops lets short work come to its end', limit, async () => {
  const kind = aKind();
  const started = Promise.withResolvers<void>();
  const worker = await service.startWorker([
    {
      ...kind,
      async handle() {
        started.resolve();
        await delay(300);
      },
    },
  ]);
  const id = await service.enqueue(kind);
  await started.promise;

  await worker.stop({ graceSeconds: 10 });

  assert.equal((await service.getTask(id)).state, 'succeeded');
});

test('a message that comes several times runs the task once', limit, async () => {
  const kind = aKind();
  let runs = 0;
  const id = await service.enqueue(kind);
  const message = { taskId: id, kind: kind.kind, queue: kind.queue };
  const handle = async (): Promise<void> => {
    runs++;
    for (let times = 0; times < 5; times++) await service.doorbell.ring(message);
  };
  const workers = await Promise.all([service.startWorker([{ ...kind, handle }]), service.startWorker([{ ...kind, handle }])]);

  await service.waitFor(id, 'succeeded');
  for (let times = 0; times < 5; times++) await service.doorbell.ring(message);

  await Promise.all(workers.map((worker) => worker.stop()));
  assert.equal(runs, 1);
});

test('what a task reports is seen as progress and as events, in order', limit, async () => {
  const kind = aKind();
  const worker = await service.startWorker([
    {
      ...kind,
      async handle(_, context) {
        for (let line = 1; line <= 500; line++) await context.log(`line ${line}`);
        await context.progress(40.7, 'reading');
      },
    },
  ]);

  const id = await service.enqueue(kind, {}, { subject: 'the-job' });

  await service.waitFor(id, 'succeeded');
  await worker.stop();
  const events = await inTenant((tx) => listEvents(tx, 'the-job', 0, 1000));
  assert.deepEqual(
    events.filter((event) => event.kind === 'log').map((event) => (event.data as { line: string }).line),
    Array.from({ length: 500 }, (_, index) => `line ${index + 1}`),
  );
  assert.deepEqual(events.filter((event) => event.kind === 'progress').at(-1)?.data, { percent: 40, step: 'reading' });
});

test('what a task said before it writes something stands before that', limit, async () => {
  const kind = aKind();
  const worker = await service.startWorker([
    {
      ...kind,
      async handle(_, context) {
        for (let line = 1; line <= 2500; line++) await context.log(`line ${line}`);
        await context.fenced((tx) => appendEvents(tx, 'the-failed-job', [{ kind: 'state', data: 'failed' }]));
      },
    },
  ]);

  const id = await service.enqueue(kind, {}, { subject: 'the-failed-job' });

  await service.waitFor(id, 'succeeded');
  await worker.stop();
  const events = await inTenant((tx) => listEvents(tx, 'the-failed-job', 0, 3000));
  assert.deepEqual(
    events.map(({ kind: type, data }) => (type === 'log' ? (data as { line: string }).line : data)),
    [...Array.from({ length: 2500 }, (_, index) => `line ${index + 1}`), 'failed'],
  );
});

test('lines that cannot be written are counted in a remark', limit, async () => {
  const kind = aKind();
  const worker = await service.startWorker([
    {
      ...kind,
      async handle(_, context) {
        await context.log('line 1');
        await context.fenced(async () => {});
        await context.log('no database takes this: \0');
        await context.log('line 3');
        await context.fenced(async () => {});
        await context.log('line 4');
      },
    },
  ]);

  const id = await service.enqueue(kind, {}, { subject: 'the-unlucky-job' });

  await service.waitFor(id, 'succeeded');
  await worker.stop();
  const events = await inTenant((tx) => listEvents(tx, 'the-unlucky-job', 0, 10));
  const lines = events.map(({ data }) => (data as { line: string }).line);
  const lost = lines.includes('line 3') ? '(1 line could not be written.)' : '(2 lines could not be written.)';
  assert.deepEqual(
    lines.filter((line) => line !== 'line 3'),
    ['line 1', lost, 'line 4'],
  );
});

test('what a task reports survives connections that break', limit, async () => {
  const kind = aKind();
  const worker = await service.startWorker([
    {
      ...kind,
      async handle(_, context) {
        for (let line = 1; line <= 3; line++) {
          await context.log(`line ${line}`);
          await service.database.query(`select pg_terminate_backend(pid) from pg_stat_activity
            where datname = current_database() and application_name = 'deployguard' and query not ilike 'listen%'`);
        }
      },
    },
  ]);

  await service.enqueue(kind, {}, { subject: 'the-other-job' });

  while (worker.attempts.length === 0) await delay(10);
  await worker.stop();
  // Not over the connections that break.
  const events = await service.database.query<{ data: { line: string } }>(
    `select data from events where subject = 'the-other-job' order by sequence`,
  );
  assert.equal(worker.attempts[0]!.outcome, 'succeeded');
  assert.deepEqual(
    events.map((event) => event.data.line),
    ['line 1', 'line 2', 'line 3'],
  );
});

test('a message that got lost is sent again', limit, async () => {
  const kind = aKind({ queue: 'clean' });
  const id = await service.database.asTenant(service.database.tenantId, async (tx) => {
    const taskId = await enqueueTask(tx, kind, {});
    await sql`delete from outbox where id = ${taskId}`.execute(tx);
    await sql`update tasks set rung_at = now() - interval '61 seconds' where id = ${taskId}`.execute(tx);
    return taskId;
  });
  const worker = await service.startWorker([{ ...kind, handle: async () => {} }]);

  const scheduler = service.startScheduler();

  const task = await service.waitFor(id, 'succeeded');
  await Promise.all([worker.stop(), scheduler.stop()]);
  assert.equal(task.attempt, 1);
});

test('another tenant can neither see, cancel nor redrive a task', limit, async () => {
  const id = await service.enqueue(aKind({ queue: 'deploy' }));
  const stranger = '00000000-0000-7000-8000-000000000001';
  const notFound = (error: unknown): boolean => error instanceof TaskError && error.code === 'TASK_NOT_FOUND';

  assert.deepEqual(await service.database.asTenant(stranger, (tx) => listTasks(tx, { limit: 10 })), []);
  await assert.rejects(
    service.database.asTenant(stranger, (tx) => cancelTask(tx, id)),
    notFound,
  );
  await assert.rejects(
    service.database.asTenant(stranger, (tx) => redriveTask(tx, id, alice)),
    notFound,
  );
  await inTenant((tx) => cancelTask(tx, id));
});

function inTenant<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
  return service.database.asTenant(service.database.tenantId, work);
}

async function addEffect(tx: Tx, { tenantId, taskId, attempt }: TaskContext): Promise<void> {
  await sql`insert into effects values (${tenantId}, ${taskId}, ${attempt})`.execute(tx);
}

async function listEffects(taskId: string): Promise<number[]> {
  const rows = await service.database.query<{ attempt: number }>('select attempt from effects where task_id = $1', [taskId]);
  return rows.map(({ attempt }) => attempt);
}
