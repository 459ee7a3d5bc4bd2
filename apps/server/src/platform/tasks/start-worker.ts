import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import type { Database } from '../database/index.ts';
import type { Tracing } from '../telemetry/index.ts';
import { batchCalls, queueNames } from '../queue/index.ts';
import type { Doorbell, QueueName, TaskMessage } from '../queue/index.ts';
import type { AttemptOutcome } from './attempt.ts';
import { claimTasks } from './claim-tasks.ts';
import type { Claimant } from './claim-tasks.ts';
import { startHeartbeat } from './heartbeat.ts';
import { cancelChannel } from './manage-tasks.ts';
import { giveBackSeconds, runTask } from './run-task.ts';
import { completeTasks, defaultBackoff } from './settle-task.ts';
import type { Backoff } from './settle-task.ts';
import type { ClaimedTask, TaskDefinition } from './task.ts';
import { traceAttempt } from './trace-attempt.ts';
import { within } from './within.ts';

export interface WorkerOptions {
  readonly database: Database;
  /** For the thread that renews leases; it makes a connection of its own. */
  readonly databaseUrl: string;
  readonly doorbell: Doorbell;
  readonly definitions: readonly TaskDefinition[];
  /** Default: all, in their order. */
  readonly queues?: readonly QueueName[];
  /** Tasks at a time. Default 2. */
  readonly concurrency?: number;
  /** How long this worker may be silent until others take its tasks. Default 60. */
  readonly leaseSeconds?: number;
  /** Default a quarter of the lease. */
  readonly heartbeatSeconds?: number;
  /** How long the handler of a task that was cancelled or lost may take to end. Default 10. */
  readonly abandonSeconds?: number;
  readonly backoff?: Backoff;
  /** For the log: what a handler threw, or why something could not be written. */
  readonly onError?: (error: unknown, task: ClaimedTask | undefined) => void;
  /** Where attempts are told as spans. Default: nowhere. */
  readonly tracing?: Tracing | undefined;
  /** For metrics. */
  readonly onAttempt?: (attempt: AttemptReport) => void;
}

export interface AttemptReport {
  readonly task: ClaimedTask;
  readonly outcome: AttemptOutcome;
  readonly seconds: number;
}

export interface TaskWorker {
  /** Who holds the leases in `tasks.lease_owner`. */
  readonly name: string;
  runningCount(): number;
  /** Takes nothing more, waits for what runs, gives the rest back. Returns within the grace and five seconds. Default grace 18. */
  stop(options?: { readonly graceSeconds?: number }): Promise<void>;
}

/** Takes tasks and runs them until it is stopped. */
export async function startWorker(options: WorkerOptions): Promise<TaskWorker> {
  const { database, doorbell, queues = queueNames, concurrency = 2, leaseSeconds = 60, heartbeatSeconds = leaseSeconds / 4 } = options;
  const { backoff = defaultBackoff, abandonSeconds = 10, onError = () => {}, onAttempt = () => {} } = options;
  const name = `${hostname().slice(0, 40)}:${process.pid}:${randomUUID().slice(0, 8)}`;
  const definitions = new Map(options.definitions.map((definition) => [definition.kind, definition]));
  const running = new Set<Promise<void>>();
  const stopping = new AbortController();
  const givingBack = new AbortController();

  const heartbeat = startHeartbeat({
    databaseUrl: options.databaseUrl,
    everyMilliseconds: heartbeatSeconds * 1000,
    leaseMilliseconds: leaseSeconds * 1000,
  });
  const cancelling = await database
    .listen(cancelChannel, (taskId) => heartbeat.cancel(taskId))
    .catch(async (error: unknown) => {
      await heartbeat.stop();
      throw error;
    });
  const claimant = { owner: name, kinds: [...definitions.keys()], leaseSeconds };
  const claim = batchCalls((ids: readonly string[]) => claimInOrder(database, ids, claimant), { maxItems: 100 });
  const complete = batchCalls((tasks: readonly ClaimedTask[]) => database.asSystem((tx) => completeTasks(tx, tasks)), { maxItems: 100 });
  const surroundings = { database, heartbeat, complete, backoff, leaseSeconds, onError, abandonSeconds, giveBack: givingBack.signal };

  const taker = await doorbell.take(
    queues,
    (message, done) => {
      const work = handle(message, done).finally(() => running.delete(work));
      running.add(work);
    },
    { concurrency },
  );

  /** The message is answered when the work is done: until then the broker keeps it for another. */
  async function handle(message: TaskMessage, done: () => Promise<void>): Promise<void> {
    const isKnown = definitions.has(message.kind);
    // Somebody newer knows this kind, and is rung for by and by.
    if (!isKnown) onError(new Error(`No handler for tasks of kind ${message.kind}.`), undefined);
    const task = isKnown ? await claimPatiently(message.taskId) : undefined;
    if (task !== undefined) await run(task, definitions.get(task.kind)!);
    await done();
  }

  async function run(task: ClaimedTask, definition: TaskDefinition): Promise<void> {
    const startedAt = performance.now();
    const outcome = await traceAttempt(options.tracing, task, () => runTask(task, definition, surroundings));
    onAttempt({ task, outcome, seconds: (performance.now() - startedAt) / 1000 });
  }

  /** While the database is away nothing is lost by waiting, and nothing more is taken. */
  async function claimPatiently(taskId: string): Promise<ClaimedTask | undefined> {
    while (!givingBack.signal.aborted) {
      try {
        return await claim(taskId);
      } catch (error) {
        onError(error, undefined);
        await delay(1000, undefined, { signal: givingBack.signal }).catch(() => {});
      }
    }
    return undefined;
  }

  return {
    name,
    runningCount: () => running.size,
    async stop({ graceSeconds = 18 } = {}) {
      if (stopping.signal.aborted) return;
      stopping.abort();
      await taker.stop();
      await within(graceSeconds, Promise.all(running));
      givingBack.abort();
      await within(giveBackSeconds + 1, Promise.all(running));
      await cancelling.close();
      await heartbeat.stop();
    },
  };
}

async function claimInOrder(database: Database, ids: readonly string[], claimant: Claimant): Promise<(ClaimedTask | undefined)[]> {
  const claimed = await database.asSystem((tx) => claimTasks(tx, ids, claimant));
  const byId = new Map(claimed.map((task) => [task.id, task]));
  return ids.map((id) => {
    const task = byId.get(id);
    // The same message twice in a batch: one of them is a duplicate.
    byId.delete(id);
    return task;
  });
}
