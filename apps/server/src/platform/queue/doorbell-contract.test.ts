import assert from 'node:assert/strict';
import { randomBytes, randomUUIDv7 } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { startTestServices } from '@deployguard/testkit';
import { openTestDatabase } from '../../../test/open-test-database.ts';
import type { TestDatabase } from '../../../test/open-test-database.ts';
import { queueNames } from './doorbell.ts';
import type { Doorbell, QueueName, TaskMessage } from './doorbell.ts';
import { openEmbeddedDoorbell } from './embedded-doorbell.ts';
import { openRabbitmqDoorbell } from './rabbitmq-doorbell.ts';
import { openRedisDoorbell } from './redis-doorbell.ts';

/** Short, so that tests can wait for it. */
const visibilitySeconds = 1;
const limit = { timeout: 180_000 };

interface Adapter {
  readonly name: Doorbell['name'];
  /** Opens the same doorbell each time. */
  prepare(): Promise<{ open(): Promise<Doorbell>; createMessage(queue: QueueName): Promise<TaskMessage>; close(): Promise<void> }>;
}

const adapters: readonly Adapter[] = [
  {
    name: 'embedded',
    async prepare() {
      const database = await openTestDatabase();
      return {
        open: () => openEmbeddedDoorbell(database, { visibilitySeconds }),
        createMessage: (queue) => createTask(database, queue),
        close: () => database.close(),
      };
    },
  },
  {
    name: 'rabbitmq',
    async prepare() {
      const { RABBITMQ_URL: url = '' } = (await startTestServices(['rabbitmq'])).environment;
      const prefix = `test-${randomBytes(6).toString('hex')}`;
      return { open: () => openRabbitmqDoorbell(url, { prefix }), createMessage, close: async () => {} };
    },
  },
  {
    name: 'redis',
    async prepare() {
      const { REDIS_URL: url = '' } = (await startTestServices(['redis'])).environment;
      const prefix = `test-${randomBytes(6).toString('hex')}`;
      return { open: () => openRedisDoorbell(url, { prefix, visibilitySeconds }), createMessage, close: async () => {} };
    },
  },
];

for (const adapter of adapters) {
  describe(adapter.name, () => {
    let prepared: Awaited<ReturnType<Adapter['prepare']>>;
    let doorbell: Doorbell;
    let other: Doorbell;
    before(async () => {
      prepared = await adapter.prepare();
      [doorbell, other] = await Promise.all([prepared.open(), prepared.open()]);
    });
    after(async () => {
      await Promise.all([doorbell.close(), other.close()]);
      await prepared.close();
    });

    const ring = async (queue: QueueName): Promise<TaskMessage> => {
      const message = await prepared.createMessage(queue);
      await doorbell.ring(message);
      return message;
    };

    test('it is up and knows its name', limit, async () => {
      assert.equal(await doorbell.isUp(), true);
      assert.equal(doorbell.name, adapter.name);
    });

    test('each message goes to one of the takers, once', limit, async () => {
      const messages = await Promise.all(Array.from({ length: 60 }, () => ring('scan')));
      const received = createReceiver({ isDoneAtOnce: true });

      const takers = [
        await doorbell.take(['scan'], received.onTask, { concurrency: 4 }),
        await other.take(['scan'], received.onTask, { concurrency: 4 }),
      ];

      await received.count(60);
      await Promise.all(takers.map((taker) => taker.stop()));
      assert.deepEqual(received.ids().toSorted(), messages.map(({ taskId }) => taskId).toSorted());
    });

    test('what the message says arrives', limit, async () => {
      const message = await ring('import');
      const received = createReceiver({ isDoneAtOnce: true });

      const taker = await doorbell.take(queueNames, received.onTask, { concurrency: 1 });

      await received.count(1);
      await taker.stop();
      assert.deepEqual(received.messages, [message]);
    });

    test('earlier queues are emptied first', limit, async () => {
      for (const queue of ['push', 'clean', 'scan', 'push', 'scan'] as const) await ring(queue);
      const received = createReceiver({ isDoneAtOnce: true });

      const taker = await doorbell.take(['scan', 'clean', 'push'], received.onTask, { concurrency: 1 });

      await received.count(5);
      await taker.stop();
      assert.deepEqual(
        received.messages.map(({ queue }) => queue),
        ['scan', 'scan', 'clean', 'push', 'push'],
      );
    });

    test('a busy taker holds nothing ahead of its hands', limit, async () => {
      const busy = createReceiver();
      const idle = createReceiver({ isDoneAtOnce: true });
      for (const queue of ['scan', 'clean', 'push'] as const) await ring(queue);

      const first = await doorbell.take(['scan', 'clean', 'push'], busy.onTask, { concurrency: 1 });
      await busy.count(1);
      const second = await other.take(['scan', 'clean', 'push'], idle.onTask, { concurrency: 1 });
      await idle.count(2);

      assert.deepEqual([...busy.messages, ...idle.messages].map(({ queue }) => queue).toSorted(), ['clean', 'push', 'scan']);
      await busy.finish();
      await Promise.all([first.stop(), second.stop()]);
    });

    test('a message wakes who waits, long before the next poll', limit, async () => {
      const received = createReceiver({ isDoneAtOnce: true });
      const taker = await doorbell.take(queueNames, received.onTask, { concurrency: 1 });
      const delays: number[] = [];

      for (let round = 1; round <= 7; round++) {
        const message = await prepared.createMessage('clean');
        const rungAt = performance.now();
        await other.ring(message);
        await received.count(round);
        delays.push(performance.now() - rungAt);
      }

      await taker.stop();
      const median = delays.toSorted((a, b) => a - b)[3]!;
      assert.ok(median < 300, `it took ${median.toFixed(0)} ms`);
    });

    test('what a vanished taker had comes again, what was done does not', limit, async () => {
      const vanishing = await prepared.open();
      const lost = createReceiver();
      const taker = await vanishing.take(['push'], lost.onTask, { concurrency: 2 });
      const done = await ring('push');
      const left = await ring('push');
      await lost.count(2);
      await lost.finish(done.taskId);

      await taker.stop();
      await vanishing.close();

      const received = createReceiver({ isDoneAtOnce: true });
      const next = await doorbell.take(['push'], received.onTask, { concurrency: 2 });
      await received.count(1);
      await next.stop();
      assert.deepEqual(received.ids(), [left.taskId]);
    });

    test('nothing is taken after the stop', limit, async () => {
      const received = createReceiver({ isDoneAtOnce: true });
      const taker = await doorbell.take(['deploy'], received.onTask, { concurrency: 1 });

      await taker.stop();
      const message = await ring('deploy');

      const next = createReceiver({ isDoneAtOnce: true });
      const again = await other.take(['deploy'], next.onTask, { concurrency: 1 });
      await next.count(1);
      await again.stop();
      assert.deepEqual([received.ids(), next.ids()], [[], [message.taskId]]);
    });

    test('its depth is what waits, by queue', limit, async () => {
      await Promise.all([ring('clean'), ring('clean'), ring('deployguard')]);

      const depth = await eventually(
        () => doorbell.depth(),
        (found) => found.clean === 2 && found.deployguard === 1,
      );

      assert.deepEqual(depth, { deployguard: 1, deploy: 0, scan: 0, clean: 2, import: 0, push: 0 });
    });
  });
}

/** RabbitMQ counts a quorum queue a moment after it has confirmed. */
async function eventually<T>(read: () => Promise<T>, isSo: (value: T) => boolean): Promise<T> {
  for (;;) {
    const value = await read();
    if (isSo(value)) return value;
  }
}

interface Receiver {
  readonly messages: TaskMessage[];
  readonly onTask: (message: TaskMessage, done: () => Promise<void>) => void;
  ids(): string[];
  /** Waits until so many have come. */
  count(count: number): Promise<void>;
  finish(taskId?: string): Promise<void>;
}

function createReceiver({ isDoneAtOnce = false } = {}): Receiver {
  const messages: TaskMessage[] = [];
  const open = new Map<string, () => Promise<void>>();
  let check = (): void => {};
  return {
    messages,
    onTask(message, done) {
      messages.push(message);
      if (isDoneAtOnce) void done();
      else open.set(message.taskId, done);
      check();
    },
    ids: () => messages.map(({ taskId }) => taskId),
    count: (count) =>
      new Promise((resolve) => {
        check = () => {
          if (messages.length >= count) resolve();
        };
        check();
      }),
    async finish(taskId) {
      for (const [id, done] of open) if (taskId === undefined || id === taskId) await done();
    },
  };
}

async function createMessage(queue: QueueName): Promise<TaskMessage> {
  return { taskId: randomUUIDv7(), kind: 'test', queue };
}

async function createTask(database: TestDatabase, queue: QueueName): Promise<TaskMessage> {
  const message = await createMessage(queue);
  await database.query('insert into tasks (tenant_id, id, kind, queue, subject, input) values ($1, $2, $3, $4, $5, $6)', [
    database.tenantId,
    message.taskId,
    message.kind,
    queue,
    'subject',
    '{}',
  ]);
  return message;
}
