import assert from 'node:assert/strict';
import { randomUUIDv7 } from 'node:crypto';
import { after, before, test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { openTestDatabase } from '../../../test/open-test-database.ts';
import type { TestDatabase } from '../../../test/open-test-database.ts';
import { appendEvents, forgetEvents, listEvents, openEventHub } from './index.ts';
import type { EventHub, ServiceEvent } from './index.ts';

let database: TestDatabase;
let hub: EventHub;

before(async () => {
  database = await openTestDatabase();
  hub = await openEventHub(database, { maxBuffered: 20 });
});
after(async () => {
  await hub.close();
  await database.close();
});

const limit = { timeout: 180_000 };

test('concurrent appends number the events of a subject without gaps, in the order of commit', limit, async () => {
  const subject = randomUUIDv7();

  await Promise.all(range(1, 40).map((number) => append(subject, [number, -number])));

  const events = await database.asTenant(database.tenantId, (tx) => listEvents(tx, subject, 0, 1000));
  assert.deepEqual(
    events.map((event) => event.sequence),
    range(1, 80),
  );
  assert.ok(events.every((event, index) => index % 2 === 0 || event.data === -(events[index - 1]!.data as number)));
});

test('a transaction that is rolled back leaves no gap', limit, async () => {
  const subject = randomUUIDv7();

  await append(subject, ['kept']);
  await assert.rejects(
    database.asTenant(database.tenantId, async (tx) => {
      await appendEvents(tx, subject, [{ kind: 'log', data: 'lost' }]);
      throw new Error('rolled back');
    }),
  );
  const last = await append(subject, ['kept as well']);

  assert.equal(last, 2);
});

test('a follower gets what was, from the sequence that it names, and then what comes', limit, async () => {
  const subject = randomUUIDv7();
  await append(subject, range(1, 10));
  const reader = follow(subject, { afterSequence: 7 });

  const replayed = await reader.take(3);
  await append(subject, [11]);
  const live = await reader.take(1);
  await append(subject, [12, 13]);

  assert.deepEqual([...replayed, ...live, ...(await reader.take(2))].map(dataOf), range(8, 13));
  await reader.end();
});

test('all of many followers get every event in order while writers race', limit, async () => {
  const subject = randomUUIDv7();
  const readers = range(1, 50).map(() => follow(subject));

  const received = readers.map((reader) => reader.take(300));
  await Promise.all(range(1, 100).map((number) => append(subject, [number, number, number])));

  for (const events of await Promise.all(received)) {
    assert.deepEqual(
      events.map((event) => event.sequence),
      range(1, 300),
    );
  }
  await Promise.all(readers.map((reader) => reader.end()));
});

test('a slow follower misses nothing and holds only its buffer', limit, async () => {
  const subject = randomUUIDv7();
  const slow = follow(subject);
  const quick = follow(subject);
  await append(subject, [1]);
  await Promise.all([slow.take(1), quick.take(1)]);
  const live = quick.take(200);

  for (const number of range(2, 201)) await append(subject, [number]);

  await live;
  assert.deepEqual((await slow.take(200)).map(dataOf), range(2, 201));
  await append(subject, [202]);
  assert.deepEqual((await slow.take(1)).map(dataOf), [202]);
  await Promise.all([slow.end(), quick.end()]);
});

test('followers go on after the listening connection broke', limit, async () => {
  const subject = randomUUIDv7();
  const reader = follow(subject);
  await append(subject, [1]);
  await reader.take(1);

  await database.query(`select pg_terminate_backend(pid) from pg_stat_activity
    where datname = current_database() and query ilike 'listen%'`);
  await append(subject, [2]);

  assert.deepEqual((await reader.take(1)).map(dataOf), [2]);
  await reader.end();
});

test("another tenant's events are not followed", limit, async () => {
  const subject = randomUUIDv7();
  await append(subject, ['mine']);
  const stranger = randomUUIDv7();
  const controller = new AbortController();
  const seen: ServiceEvent[] = [];

  const reading = (async () => {
    for await (const event of hub.follow({ tenantId: stranger, subject }, { signal: controller.signal })) seen.push(event);
  })();
  await append(subject, ['mine too']);
  await database.asTenant(stranger, (tx) => listEvents(tx, subject, 0, 10));
  controller.abort();
  await reading;

  assert.deepEqual(seen, []);
});

test('a subject that is forgotten has no events', limit, async () => {
  const subject = randomUUIDv7();
  await append(subject, [1, 2]);

  await database.asTenant(database.tenantId, (tx) => forgetEvents(tx, subject));

  assert.deepEqual(await database.asTenant(database.tenantId, (tx) => listEvents(tx, subject, 0, 10)), []);
});

function append(subject: string, data: readonly unknown[]): Promise<number> {
  return database.asTenant(database.tenantId, (tx) =>
    appendEvents(
      tx,
      subject,
      data.map((one) => ({ kind: 'log', data: one })),
    ),
  );
}

function follow(
  subject: string,
  options: { afterSequence?: number } = {},
): {
  take(count: number): Promise<ServiceEvent[]>;
  end(): Promise<void>;
} {
  const controller = new AbortController();
  const events = hub.follow({ tenantId: database.tenantId, subject }, { ...options, signal: controller.signal })[Symbol.asyncIterator]();
  return {
    async take(count) {
      const taken: ServiceEvent[] = [];
      while (taken.length < count) {
        const next = await events.next();
        assert.ok(next.done !== true, 'the stream ended');
        taken.push(next.value);
      }
      return taken;
    },
    async end() {
      controller.abort();
      await setImmediate();
      assert.equal((await events.next()).done, true);
    },
  };
}

function dataOf(event: ServiceEvent): unknown {
  return event.data;
}

function range(first: number, last: number): number[] {
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}
