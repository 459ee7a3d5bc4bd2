// Attempts that are cut off in other ways than by the death of their worker.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import type { AddressInfo, Server } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { after, before, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { sql } from 'kysely';
import { faultKind } from '../../../test/fault-worker.ts';
import type { FaultWorkerSettings } from '../../../test/fault-worker.ts';
import { openTestDatabase } from '../../../test/open-test-database.ts';
import type { TestDatabase } from '../../../test/open-test-database.ts';
import { aKind } from '../../../test/start-test-service.ts';
import { openDatabase } from '../database/index.ts';
import type { Tx } from '../database/index.ts';
import { startOutboxRelay } from '../queue/index.ts';
import { openEmbeddedDoorbell } from '../queue/embedded-doorbell.ts';
import { enqueueTask, findTask, startScheduler, startWorker } from './index.ts';
import { reapTasks } from './reap-tasks.ts';
import type { Task, TaskContext, TaskDefinition, TaskState } from './index.ts';

const limit = { timeout: 300_000 };
let database: TestDatabase;

before(async () => {
  database = await openTestDatabase();
  await database.query('create table effects (tenant_id uuid not null, task_id uuid not null, attempt integer not null)');
  await database.query(`grant all on effects to ${new URL(database.url).username}`);
});
after(() => database.close());

test('a worker that was stopped for longer than its lease finds its task taken over, and has no effect', limit, async (t) => {
  const id = await enqueue();
  const first = startFaultWorker({ taskMilliseconds: 4000 });
  t.after(() => first.process.kill('SIGKILL'));
  await first.said(`started ${id}`);

  first.process.kill('SIGSTOP');
  const second = startFaultWorker({ taskMilliseconds: 500 });
  t.after(() => second.process.kill('SIGKILL'));
  await second.said(`succeeded ${id}`);
  first.process.kill('SIGCONT');
  await first.said(`lost ${id}`);

  const task = await getTask(id);
  assert.deepEqual([task.state, task.attempt], ['succeeded', 2]);
  assert.deepEqual(await listEffects(id), [2]);
});

test('a task that kills its worker each time is dead after three of them, and the next worker is left alone', limit, async (t) => {
  const id = await enqueue();
  const workers: FaultWorker[] = [];
  t.after(() => workers.forEach((worker) => worker.process.kill('SIGKILL')));

  for (let attempt = 1; attempt <= 3; attempt++) {
    const worker = startFaultWorker({ taskMilliseconds: 1, isPoisoned: true });
    workers.push(worker);
    await once(worker.process, 'exit');
  }
  workers.push(startFaultWorker({ taskMilliseconds: 1 }));
  const task = await waitFor(id, 'dead');
  const later = await enqueue();
  await workers[3]!.said(`succeeded ${later}`);

  assert.deepEqual([task.attempt, task.lastError?.code], [3, 'WORKER_LOST']);
  assert.deepEqual(await listEffects(id), []);
});

test(
  'a connection that breaks in the middle of a transaction takes all of it away, and the next attempt writes it once',
  limit,
  async () => {
    await using service = await startTaskService(database.url, async (tx, attempt) => {
      if (attempt > 1) return;
      const { rows } = await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(tx);
      await database.query('select pg_terminate_backend($1)', [rows[0]!.pid]);
    });
    const id = await service.enqueue();

    const task = await waitFor(id, 'succeeded');

    assert.deepEqual([task.attempt, task.failures], [2, 0]);
    assert.deepEqual(await listEffects(id), [2]);
  },
);

test('a connection that breaks before the answer to a commit does not make the work happen again', limit, async () => {
  const proxy = await startProxy(database.url);
  await using service = await startTaskService(proxy.url, async () => proxy.swallowNextCommit());
  const id = await service.enqueue();

  const task = await waitFor(id, 'succeeded');
  while (!service.outcomes.has(id)) await delay(20);
  proxy.close();

  assert.equal(proxy.swallowed, 1);
  assert.equal(task.attempt, 1);
  assert.deepEqual(await listEffects(id), [1]);
  // It cannot know; what matters is that it writes nothing more.
  assert.equal(service.outcomes.get(id), 'lost');
});

test(
  'a task that has one transaction after another keeps its lease, although its row is never free when it is to be renewed',
  limit,
  async () => {
    const leaseSeconds = 2;
    let reaped = 0;
    await using service = await startTaskService(database.url, async () => {}, {
      leaseSeconds,
      // As if it had always come while the row was locked.
      heartbeatSeconds: 1000,
      async work({ fenced }) {
        const until = performance.now() + leaseSeconds * 2000;
        while (performance.now() < until) {
          await fenced((tx) => sql`select pg_sleep(0.1)`.execute(tx));
          reaped += await reapTasks({ database, definitions: [], backoff: { baseSeconds: 0.05, longestSeconds: 0.1 } });
        }
      },
    });
    const id = await service.enqueue();

    const task = await waitFor(id, 'succeeded');

    assert.deepEqual([task.attempt, reaped], [1, 0]);
    assert.deepEqual(await listEffects(id), [1]);
  },
);

interface FaultWorker {
  readonly process: ChildProcess;
  said(line: string): Promise<void>;
}

function startFaultWorker(settings: Omit<FaultWorkerSettings, 'databaseUrl'>): FaultWorker {
  const program = join(import.meta.dirname, '../../../test/fault-worker.ts');
  const child = spawn(process.execPath, [program, JSON.stringify({ databaseUrl: database.url, ...settings })], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const lines = new Set<string>();
  createInterface({ input: child.stdout }).on('line', (line) => lines.add(line));
  return {
    process: child,
    async said(line) {
      while (!lines.has(line)) await delay(20);
    },
  };
}

function enqueue(): Promise<string> {
  return database.asTenant(database.tenantId, (tx) => enqueueTask(tx, faultKind, {}));
}

async function getTask(id: string): Promise<Task> {
  return (await database.asTenant(database.tenantId, (tx) => findTask(tx, id)))!;
}

async function waitFor(id: string, state: TaskState): Promise<Task> {
  for (;;) {
    const task = await getTask(id);
    if (task.state === state) return task;
    await delay(20);
  }
}

async function listEffects(taskId: string): Promise<number[]> {
  const rows = await database.query<{ attempt: number }>('select attempt from effects where task_id = $1', [taskId]);
  return rows.map(({ attempt }) => attempt);
}

/** Does tasks here, over the database at the address; each writes its effect, then what is given happens in the same transaction. */
async function startTaskService(
  url: string,
  before: (tx: Tx, attempt: number) => Promise<void>,
  {
    work,
    ...timing
  }: { readonly leaseSeconds?: number; readonly heartbeatSeconds?: number; work?(context: TaskContext): Promise<void> } = {},
) {
  const kind = aKind();
  const outcomes = new Map<string, string>();
  const own = openDatabase({ url, maxConnections: 4 });
  const doorbell = await openEmbeddedDoorbell(database);
  const definition: TaskDefinition = {
    ...kind,
    async handle(_, context) {
      const { tenantId, taskId, attempt } = context;
      await work?.(context);
      await context.finish(async (tx) => {
        await sql`insert into effects (tenant_id, task_id, attempt) values (${tenantId}, ${taskId}, ${attempt})`.execute(tx);
        await before(tx, attempt);
      });
    },
  };
  const backoff = { baseSeconds: 0.05, longestSeconds: 0.1 };
  const relay = await startOutboxRelay({ database, doorbell });
  const scheduler = startScheduler({ database, doorbell, definitions: [definition], backoff });
  const worker = await startWorker({
    database: own,
    databaseUrl: database.url,
    doorbell,
    definitions: [definition],
    backoff,
    ...timing,
    onAttempt: ({ task, outcome }) => outcomes.set(task.id, outcome),
  });
  return {
    outcomes,
    enqueue: () => database.asTenant(database.tenantId, (tx) => enqueueTask(tx, kind, {})),
    async [Symbol.asyncDispose]() {
      await worker.stop({ graceSeconds: 0 });
      await scheduler.stop();
      await relay.stop();
      await doorbell.close();
      await own.close();
    },
  };
}

/** Passes everything on between clients and the database, until a commit is to get no answer: then that connection breaks. */
async function startProxy(databaseUrl: string) {
  const target = new URL(databaseUrl);
  let isArmed = false;
  let swallowed = 0;
  const server: Server = createServer((client) => {
    const upstream = connect(Number(target.port), target.hostname);
    let hasCommitted = false;
    client.on('data', (chunk: Buffer) => {
      if (isArmed && /\bcommit\b/i.test(chunk.toString('latin1'))) {
        isArmed = false;
        hasCommitted = true;
      }
      upstream.write(chunk);
    });
    upstream.on('data', (chunk: Buffer) => {
      if (!hasCommitted) return void client.write(chunk);
      swallowed++;
      client.destroy();
      upstream.destroy();
    });
    for (const socket of [client, upstream]) {
      socket.on('error', () => {});
      socket.on('close', () => [client, upstream].forEach((each) => each.destroy()));
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = new URL(databaseUrl);
  url.hostname = '127.0.0.1';
  url.port = String((server.address() as AddressInfo).port);
  return {
    url: url.href,
    get swallowed() {
      return swallowed;
    },
    swallowNextCommit: () => void (isArmed = true),
    close: () => void server.close(),
  };
}
