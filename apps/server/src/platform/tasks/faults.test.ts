// Servers and workers that are killed. DEPLOYGUARD_LONG_TESTS=1 makes many more tasks and kills of it.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { randomUUIDv7 } from 'node:crypto';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { after, before, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { startTestServices } from '@deployguard/testkit';
import type { TestServices } from '@deployguard/testkit';
import { connect } from 'amqplib';
import { faultKind } from '../../../test/fault-worker.ts';
import type { FaultWorkerSettings } from '../../../test/fault-worker.ts';
import { openTestDatabase } from '../../../test/open-test-database.ts';
import type { TestDatabase } from '../../../test/open-test-database.ts';
import { appendEvents } from '../events/index.ts';
import { DoorbellDown, startOutboxRelay } from '../queue/index.ts';
import type { Doorbell, TaskMessage } from '../queue/index.ts';
import { openRabbitmqDoorbell } from '../queue/rabbitmq-doorbell.ts';
import { openRedisDoorbell } from '../queue/redis-doorbell.ts';
import { enqueueTask, listTasks, redriveTask, startWorker } from './index.ts';
import type { TaskDefinition } from './index.ts';

const isLong = process.env['DEPLOYGUARD_LONG_TESTS'] === '1';
const killCount = isLong ? 100 : 8;
const tasksPerKill = 5;
const acknowledgementTimeoutMilliseconds = 10_000;

let services: TestServices;
let urls: { postgres: string; rabbitmq: string; redis: string };

before(async () => {
  services = await startTestServices(['postgres', 'rabbitmq', 'redis'], {
    isPrivate: true,
    consumerTimeoutMilliseconds: acknowledgementTimeoutMilliseconds,
  });
  const { DATABASE_URL: postgres = '', RABBITMQ_URL: rabbitmq = '', REDIS_URL: redis = '' } = services.environment;
  urls = { postgres, rabbitmq, redis };
});
after(() => services[Symbol.asyncDispose]());

const limit = { timeout: 300_000 };

for (const name of ['rabbitmq', 'redis'] as const) {
  test(
    `${name} may crash: who rings is told at once, what was confirmed is there afterwards, takers go on, and one can start without it`,
    limit,
    async () => {
      // Longer than a busy machine takes for anything.
      const options = { prefix: 'crash', deadlineSeconds: 60 };
      const open = (): Promise<Doorbell> =>
        name === 'rabbitmq' ? openRabbitmqDoorbell(urls.rabbitmq, options) : openRedisDoorbell(urls.redis, options);
      const doorbell = await open();
      const confirmed = [aMessage(), aMessage(), aMessage()];
      for (const message of confirmed) await doorbell.ring(message);
      // Redis writes its file once a second.
      if (name === 'redis') await delay(1500);

      await services.kill(name);
      const rungAt = performance.now();
      await assert.rejects(doorbell.ring(aMessage()), DoorbellDown);
      const seconds = (performance.now() - rungAt) / 1000;
      const late = await open();
      const wereUp = await Promise.all([doorbell.isUp(), late.isUp()]);
      const received = new Set<string>();
      const taker = await doorbell.take(['scan'], (message, done) => void done().then(() => received.add(message.taskId)), {
        concurrency: 1,
      });
      await services.start(name);
      await until(() => late.isUp());
      const later = aMessage();
      await late.ring(later);

      await until(() => received.size >= 4);
      await taker.stop();
      await Promise.all([doorbell.close(), late.close()]);
      assert.ok(seconds < options.deadlineSeconds / 2, `it took ${seconds} seconds`);
      assert.deepEqual(wereUp, [false, false]);
      assert.deepEqual([...received].toSorted(), [...confirmed, later].map(({ taskId }) => taskId).toSorted());
    },
  );
}

test('RabbitMQ hands a message out again when it waited too long for the answer, and nobody is hurt', limit, async () => {
  const slow = await openRabbitmqDoorbell(urls.rabbitmq, { prefix: 'timeout' });
  const other = await openRabbitmqDoorbell(urls.rabbitmq, { prefix: 'timeout' });
  const message = aMessage();
  await slow.ring(message);
  const unanswered: (() => Promise<void>)[] = [];
  const received: string[] = [];
  const slowTaker = await slow.take(['scan'], (_, done) => unanswered.push(done), { concurrency: 1 });
  await until(() => unanswered.length === 1);

  const otherTaker = await other.take(['scan'], ({ taskId }, done) => void done().then(() => received.push(taskId)), { concurrency: 1 });
  await until(() => received.length === 1);
  await unanswered[0]!();
  const next = aMessage();
  await slow.ring(next);
  await until(async () => received.length + unanswered.length === 3);

  await Promise.all([slowTaker.stop(), otherTaker.stop()]);
  await Promise.all([slow.close(), other.close()]);
  assert.equal(received[0], message.taskId);
});

test('while RabbitMQ is short of memory, who rings is told, and who takes goes on', limit, async () => {
  const setWatermark = (share: string): Promise<string> =>
    services.run('rabbitmq', 'rabbitmqctl', '--quiet', 'set_vm_memory_high_watermark', share);
  const doorbell = await openRabbitmqDoorbell(urls.rabbitmq, { prefix: 'alarm' });
  const [first, later] = [aMessage(), aMessage()];
  const received = new Set<string>();
  await doorbell.ring(first);

  await setWatermark('0');
  try {
    await assert.rejects(doorbell.ring(aMessage()), DoorbellDown);
    const taker = await doorbell.take(['scan'], ({ taskId }, done) => void done().then(() => received.add(taskId)), { concurrency: 1 });
    await until(() => received.has(first.taskId));
    await setWatermark('0.4');
    await until(() => doorbell.isUp());
    await doorbell.ring(later);
    await until(() => received.has(later.taskId));
    await taker.stop();
  } finally {
    await setWatermark('0.4');
  }
  await doorbell.close();
});

test('a task that outlasts the acknowledgement timeout of RabbitMQ is announced again, goes on, and takes effect once', limit, async () => {
  const database = await openTestDatabase({ serverUrl: urls.postgres });
  const announced: string[] = [];
  const outcomes: string[] = [];
  const definition: TaskDefinition = {
    ...faultKind,
    async handle(_, context) {
      await until(() => announced.length === 2);
      await context.finish(async (tx) => void (await appendEvents(tx, context.subject, [{ kind: 'effect', data: context.attempt }])));
    },
  };
  const doorbells = await Promise.all([1, 2].map(() => openRabbitmqDoorbell(urls.rabbitmq, { prefix: 'outlasted' })));
  const relay = await startOutboxRelay({ database, doorbell: doorbells[0]! });
  const workers = await Promise.all(
    doorbells.map((doorbell) =>
      startWorker({
        database,
        databaseUrl: database.url,
        doorbell: listenIn(doorbell, (taskId) => announced.push(taskId)),
        definitions: [definition],
        concurrency: 1,
        onAttempt: ({ outcome }) => outcomes.push(outcome),
      }),
    ),
  );

  const id = await database.asTenant(database.tenantId, (tx) => enqueueTask(tx, faultKind, {}));
  await until(() => outcomes.length > 0);

  const events = await database.query<{ data: number }>(`select data from events where kind = 'effect'`);
  for (const worker of workers) await worker.stop({ graceSeconds: 0 });
  await relay.stop();
  for (const doorbell of doorbells) await doorbell.close();
  await database.close();
  assert.deepEqual(announced, [id, id]);
  assert.deepEqual(outcomes, ['succeeded']);
  assert.deepEqual(events, [{ data: 1 }]);
});

test('a queue that somebody deleted in RabbitMQ is told to who rings, and made again', limit, async () => {
  const doorbell = await openRabbitmqDoorbell(urls.rabbitmq, { prefix: 'deleted' });
  const connection = await connect(urls.rabbitmq);
  const channel = await connection.createChannel();
  await channel.deleteQueue('deleted.scan');

  await assert.rejects(doorbell.ring(aMessage()), /its queue is missing/);
  await until(() =>
    doorbell.ring(aMessage()).then(
      () => true,
      () => false,
    ),
  );

  await connection.close();
  await until(async () => (await doorbell.depth()).scan === 1);
  await doorbell.close();
});

for (const broker of isLong ? (['rabbitmq', 'redis', 'embedded'] as const) : (['rabbitmq'] as const)) {
  const title = `over ${broker} workers, broker and database get killed, and every task takes effect exactly once`;
  test(title, { timeout: isLong ? 3_600_000 : 600_000 }, async (t) => {
    const database = await openTestDatabase({ serverUrl: urls.postgres });
    await database.query('create table effects (tenant_id uuid not null, task_id uuid not null, attempt integer not null)');
    await database.query(`grant all on effects to ${new URL(database.url).username}`);
    const brokerUrl = broker === 'embedded' ? {} : { brokerUrl: urls[broker] };
    const workers = startWorkers({ databaseUrl: database.url, taskMilliseconds: 400, ...brokerUrl });
    t.after(() => workers.end());
    const ids: string[] = [];

    for (let kill = 1; kill <= killCount; kill++) {
      for (let count = 0; count < tasksPerKill; count++) {
        ids.push(await database.asTenant(database.tenantId, (tx) => enqueueTask(tx, faultKind, { count })));
      }
      await workers.killBusyOne();
      if (kill % 8 === 3 && broker !== 'embedded') await restart(broker);
      if (kill % 8 === 6) await restart('postgres');
    }
    await until(async () => {
      await redriveDead(database);
      return (await countUnfinished(database)) === 0;
    });

    const effects = await database.query<{ task_id: string }>('select task_id from effects');
    const [attempts] = await database.query<{ lost: number }>('select count(*)::integer as lost from tasks where attempt > 1');
    workers.end();
    await database.close();
    assert.deepEqual(effects.map((effect) => effect.task_id).toSorted(), ids.toSorted());
    assert.ok(attempts!.lost >= killCount / 2, `${killCount} kills hit only ${attempts!.lost} tasks`);
  });
}

/** The doorbell, with one who hears every message that is handed out. */
function listenIn(doorbell: Doorbell, hear: (taskId: string) => void): Doorbell {
  return {
    name: doorbell.name,
    ring: (message) => doorbell.ring(message),
    take: (queues, onTask, options) =>
      doorbell.take(
        queues,
        (message, done) => {
          hear(message.taskId);
          onTask(message, done);
        },
        options,
      ),
    isUp: () => doorbell.isUp(),
    depth: () => doorbell.depth(),
    close: () => doorbell.close(),
  };
}

/** Three processes; whenever one dies another takes its place. */
function startWorkers(settings: FaultWorkerSettings): { killBusyOne(): Promise<void>; end(): void } {
  const workers = new Set<ChildProcess>();
  const busy: ChildProcess[] = [];
  let isEnding = false;
  const start = (): void => {
    const worker = spawn(process.execPath, [join(import.meta.dirname, '../../../test/fault-worker.ts'), JSON.stringify(settings)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    workers.add(worker);
    createInterface({ input: worker.stdout }).on('line', (line) => line.startsWith('started ') && busy.push(worker));
    worker.once('exit', () => {
      workers.delete(worker);
      if (!isEnding) start();
    });
  };
  for (let count = 0; count < 3; count++) start();

  return {
    async killBusyOne() {
      busy.length = 0;
      await until(() => busy.some((worker) => workers.has(worker)));
      busy.find((worker) => workers.has(worker))!.kill('SIGKILL');
    },
    end() {
      isEnding = true;
      for (const worker of workers) worker.kill('SIGKILL');
    },
  };
}

async function restart(name: 'rabbitmq' | 'redis' | 'postgres'): Promise<void> {
  await services.kill(name);
  await services.start(name);
}

/** A task that was hit three times looks like one that kills its workers. */
async function redriveDead(database: TestDatabase): Promise<void> {
  await database.asTenant(database.tenantId, async (tx) => {
    for (const { id } of await listTasks(tx, { state: 'dead', limit: 100 })) await redriveTask(tx, id, { userId: 'alice' });
  });
}

async function countUnfinished(database: TestDatabase): Promise<number> {
  const [row] = await database.query<{ count: number }>(`select count(*)::integer as count from tasks where state <> 'succeeded'`);
  return row!.count;
}

function aMessage(): TaskMessage {
  return { taskId: randomUUIDv7(), kind: 'test', queue: 'scan' };
}

async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await isSo())) await delay(20);
}
