import { randomUUIDv7 } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { startOutboxRelay } from '../src/platform/queue/index.ts';
import type { Doorbell } from '../src/platform/queue/index.ts';
import { openEmbeddedDoorbell } from '../src/platform/queue/embedded-doorbell.ts';
import { enqueueTask, findTask, startScheduler, startWorker } from '../src/platform/tasks/index.ts';
import type {
  AttemptReport,
  EnqueueOptions,
  SchedulerOptions,
  Task,
  TaskDefinition,
  TaskKind,
  TaskState,
  TaskWorker,
  WorkerOptions,
} from '../src/platform/tasks/index.ts';
import { openTestDatabase } from './open-test-database.ts';
import type { TestDatabase } from './open-test-database.ts';

export interface TestService {
  readonly database: TestDatabase;
  readonly doorbell: Doorbell;
  startWorker(
    definitions: readonly TaskDefinition[],
    options?: Partial<WorkerOptions>,
  ): Promise<TaskWorker & { attempts: AttemptReport[] }>;
  startScheduler(options?: Partial<SchedulerOptions>): ReturnType<typeof startScheduler>;
  enqueue(kind: TaskKind, input?: unknown, options?: EnqueueOptions): Promise<string>;
  getTask(id: string): Promise<Task>;
  /** Waits; the test's own time limit ends it. */
  waitFor(id: string, ...states: TaskState[]): Promise<Task>;
  stop(): Promise<void>;
}

/** Everything that tasks need, over the embedded doorbell and a database of its own. Whatever was started ends with `stop`. */
export async function startTestService({ hasRelay = true } = {}): Promise<TestService> {
  const database = await openTestDatabase();
  const doorbell = await openEmbeddedDoorbell(database);
  const relay = hasRelay ? await startOutboxRelay({ database, doorbell }) : undefined;
  const started: { stop(): Promise<void> }[] = [];

  async function getTask(id: string): Promise<Task> {
    return (await database.asTenant(database.tenantId, (tx) => findTask(tx, id)))!;
  }

  return {
    database,
    doorbell,
    getTask,
    async startWorker(definitions, options = {}) {
      const attempts: AttemptReport[] = [];
      const worker = await startWorker({
        database,
        databaseUrl: database.url,
        doorbell,
        definitions,
        backoff: { baseSeconds: 0.01, longestSeconds: 0.1 },
        onAttempt: (attempt) => attempts.push(attempt),
        ...options,
      });
      const stop = (): Promise<void> => worker.stop({ graceSeconds: 0 });
      started.push({ stop });
      return { ...worker, attempts };
    },
    startScheduler(options = {}) {
      const scheduler = startScheduler({
        database,
        doorbell,
        definitions: [],
        backoff: { baseSeconds: 0.01, longestSeconds: 0.1 },
        ...options,
      });
      started.push(scheduler);
      return scheduler;
    },
    enqueue: (kind, input = {}, options = {}) => database.asTenant(database.tenantId, (tx) => enqueueTask(tx, kind, input, options)),
    async waitFor(id, ...states) {
      for (;;) {
        const task = await getTask(id);
        if (states.includes(task.state)) return task;
        await delay(10);
      }
    },
    async stop() {
      for (const one of started) await one.stop();
      await relay?.stop();
      await doorbell.close();
      await database.close();
    },
  };
}

/** A kind that no other test has. */
export function aKind(kind: Partial<TaskKind> = {}): TaskKind {
  return { kind: `test-${randomUUIDv7()}`, queue: 'scan', ...kind };
}
