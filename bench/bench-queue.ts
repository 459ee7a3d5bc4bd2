import { randomUUIDv7 } from 'node:crypto';
import { startTestServices } from '@deployguard/testkit';
import { openDatabase } from '../apps/server/src/platform/database/index.ts';
import type { Database } from '../apps/server/src/platform/database/index.ts';
import { startOutboxRelay } from '../apps/server/src/platform/queue/index.ts';
import type { Doorbell } from '../apps/server/src/platform/queue/index.ts';
import { openEmbeddedDoorbell } from '../apps/server/src/platform/queue/embedded-doorbell.ts';
import { openRabbitmqDoorbell } from '../apps/server/src/platform/queue/rabbitmq-doorbell.ts';
import { openRedisDoorbell } from '../apps/server/src/platform/queue/redis-doorbell.ts';
import { enqueueTask, startWorker } from '../apps/server/src/platform/tasks/index.ts';
import type { TaskDefinition } from '../apps/server/src/platform/tasks/index.ts';
import { claimByHand } from '../apps/server/test/claim-by-hand.ts';
import { query, startTestCluster } from '../apps/server/test/start-test-cluster.ts';
import type { TestCluster } from '../apps/server/test/start-test-cluster.ts';
import { median, printTable } from './print-table.ts';

const idleRounds = 60;
const taskCount = 4000;
const concurrency = 16;
const kind = { kind: 'bench', queue: 'scan' } as const;

/**
 * From asking for a task to its start while nothing else is to do, and tasks that do nothing per second, from the first claim to the last
 * completion. The floor claims and ends rows by hand, one statement each, without tenants, fencing, leases or a queue.
 */
export async function benchQueue(rounds: number): Promise<void> {
  const cluster = await startTestCluster();
  try {
    await benchOn(cluster, rounds);
  } finally {
    await cluster.stop();
  }
}

async function benchOn(cluster: TestCluster, rounds: number): Promise<void> {
  const { RABBITMQ_URL: rabbitmqUrl = '', REDIS_URL: redisUrl = '' } = (await startTestServices(['rabbitmq', 'redis'])).environment;
  const prefix = `bench-${randomUUIDv7()}`;
  const adapters: Record<string, (database: BenchDatabase) => Promise<Doorbell>> = {
    embedded: (database) => openEmbeddedDoorbell(database),
    rabbitmq: () => openRabbitmqDoorbell(rabbitmqUrl, { prefix }),
    redis: () => openRedisDoorbell(redisUrl, { prefix }),
  };
  const results = new Map<string, Measurement[]>(Object.keys(adapters).map((name) => [name, []]));
  const floors: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const database = await openBenchDatabase(cluster);
    floors.push(await measureFloor(database));
    for (const [name, open] of Object.entries(adapters)) results.get(name)!.push(await measureAdapter(database, await open(database)));
    await database.close();
  }

  const floor = median(floors);
  printTable(
    `Tasks, median of ${rounds}, ${taskCount} at ${concurrency} at a time, PostgreSQL with fsync in the same machine`,
    ['', 'start after ms (p50)', 'p95', 'tasks/s', '× floor'],
    [
      ['claims and ends by hand (floor)', '', '', floor.toFixed(0), '1.00'],
      ...[...results].map(([name, measurements]) => {
        const perSecond = median(measurements.map((measured) => measured.tasksPerSecond));
        return [
          name,
          median(measurements.map((measured) => measured.startMilliseconds)).toFixed(1),
          median(measurements.map((measured) => measured.lateStartMilliseconds)).toFixed(1),
          perSecond.toFixed(0),
          (perSecond / floor).toFixed(2),
        ];
      }),
    ],
  );
}

interface BenchDatabase extends Database {
  readonly url: string;
  readonly tenantId: string;
  /** As the superuser. */
  query<Row extends object>(text: string, values?: unknown[]): Promise<Row[]>;
}

async function openBenchDatabase({ url, superuserUrl }: { url: string; superuserUrl: string }): Promise<BenchDatabase> {
  const tenantId = randomUUIDv7();
  await query(superuserUrl, 'truncate tasks cascade');
  await query(superuserUrl, 'insert into tenants (tenant_id, id, user_id) values ($1, $1, $2)', [tenantId, tenantId]);
  return { ...openDatabase({ url }), url, tenantId, query: (text, values) => query(superuserUrl, text, values) };
}

interface Measurement {
  readonly startMilliseconds: number;
  readonly lateStartMilliseconds: number;
  readonly tasksPerSecond: number;
}

async function measureAdapter(database: BenchDatabase, doorbell: Doorbell): Promise<Measurement> {
  const relay = await startOutboxRelay({ database, doorbell });
  try {
    const delays = await measureIdle(database, doorbell);
    const tasksPerSecond = await measureBacklog(database, doorbell);
    return {
      startMilliseconds: delays[delays.length >> 1]!,
      lateStartMilliseconds: delays[Math.floor(delays.length * 0.95)]!,
      tasksPerSecond,
    };
  } finally {
    await relay.stop();
    await doorbell.close();
  }
}

async function measureIdle(database: BenchDatabase, doorbell: Doorbell): Promise<number[]> {
  let started = Promise.withResolvers<number>();
  const definition: TaskDefinition = { ...kind, handle: async () => started.resolve(performance.now()) };
  const worker = await startWorker({ database, databaseUrl: database.url, doorbell, definitions: [definition] });
  const delays: number[] = [];
  for (let round = 0; round < idleRounds; round++) {
    started = Promise.withResolvers();
    const askedAt = performance.now();
    await database.asTenant(database.tenantId, (tx) => enqueueTask(tx, kind, {}));
    delays.push((await started.promise) - askedAt);
  }
  await worker.stop();
  return delays.sort((a, b) => a - b);
}

async function measureBacklog(database: BenchDatabase, doorbell: Doorbell): Promise<number> {
  await fill(database, (tx) => enqueueTask(tx, kind, {}));
  while ((await count(database, 'select count(*)::integer from outbox')) > 0);
  const allDone = Promise.withResolvers<number>();
  let startedAt: number | undefined;
  let done = 0;
  const worker = await startWorker({
    database,
    databaseUrl: database.url,
    doorbell,
    concurrency,
    definitions: [{ ...kind, handle: async () => void (startedAt ??= performance.now()) }],
    onAttempt: ({ outcome }) => {
      if (outcome === 'succeeded' && ++done === taskCount) allDone.resolve(performance.now());
    },
  });
  const seconds = ((await allDone.promise) - startedAt!) / 1000;
  await worker.stop();
  return taskCount / seconds;
}

async function measureFloor(database: BenchDatabase): Promise<number> {
  await database.query('create table floor (id uuid primary key, state text not null)');
  await database.query(`insert into floor select gen_random_uuid(), 'queued' from generate_series(1, $1::integer)`, [taskCount]);
  await database.query(`grant all on floor to ${new URL(database.url).username}`);
  const startedAt = performance.now();
  await Promise.all(Array.from({ length: concurrency }, () => claimByHand(database)));
  const seconds = (performance.now() - startedAt) / 1000;
  await database.query('drop table floor');
  return taskCount / seconds;
}

async function fill(database: BenchDatabase, enqueue: (tx: Parameters<typeof enqueueTask>[0]) => Promise<unknown>): Promise<void> {
  for (let filled = 0; filled < taskCount; filled += 500) {
    await database.asTenant(database.tenantId, async (tx) => {
      for (let number = 0; number < 500; number++) await enqueue(tx);
    });
  }
}

async function count(database: BenchDatabase, query: string): Promise<number> {
  const [row] = await database.query<{ count: number }>(query);
  return row!.count;
}
