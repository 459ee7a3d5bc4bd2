import { setTimeout as delay } from 'node:timers/promises';
import type { Database, Tx } from '../database/index.ts';
import { isOutage } from './is-outage.ts';
import { cancelHeldTask, completeTasks, failTask, giveTaskBack, keepHeld } from './settle-task.ts';
import type { Backoff } from './settle-task.ts';
import type { ClaimedTask, TaskContext, TaskDefinition } from './task.ts';
import { explainLimit, TaskError, toErrorRecord } from './task-error.ts';
import type { TaskErrorCode } from './task-error.ts';
import { TaskReporter } from './task-reporter.ts';

/** How an attempt ended. `lost`: the task is another worker's, or will be, and nothing was written. */
export type AttemptOutcome = 'succeeded' | 'failed' | 'retried' | 'cancelled' | 'returned' | 'lost';

export interface AttemptSurroundings {
  readonly database: Database;
  /** Ends a task that succeeded; false when it was not held any more. */
  readonly complete: (task: ClaimedTask) => Promise<boolean>;
  readonly backoff: Backoff;
  readonly leaseSeconds: number;
  readonly onError: (error: unknown, task: ClaimedTask) => void;
}

/** How long the last write is tried when the database does not answer. */
const persistSeconds = 60;

/** One attempt: what its handler may do, and how it is settled. */
export class Attempt {
  readonly #task: ClaimedTask;
  readonly #definition: TaskDefinition;
  readonly #surroundings: AttemptSurroundings;
  readonly #reporter: TaskReporter;
  readonly #aborting = new AbortController();
  readonly #gone = new AbortController();
  #isFinished = false;

  constructor(task: ClaimedTask, definition: TaskDefinition, surroundings: AttemptSurroundings) {
    this.#task = task;
    this.#definition = definition;
    this.#surroundings = surroundings;
    this.#reporter = new TaskReporter(surroundings.database, task, (error) => this.#notice(error));
  }

  get signal(): AbortSignal {
    return this.#aborting.signal;
  }

  /** Why it was aborted. */
  get reason(): TaskErrorCode | undefined {
    const { aborted, reason } = this.signal;
    return aborted && reason instanceof TaskError ? reason.code : undefined;
  }

  abort(reason: TaskError): void {
    if (reason.code === 'LEASE_LOST') this.#gone.abort();
    this.#aborting.abort(reason);
  }

  async run(): Promise<void> {
    const { id, tenantId, subject, requester, attempt, input } = this.#task;
    const context: TaskContext = {
      taskId: id,
      tenantId,
      subject,
      requester,
      attempt,
      signal: this.signal,
      fenced: (work) => this.#fenced(work),
      finish: (work) => this.#finish(work),
      progress: (percent, step) => this.#reporter.progress(percent, step),
      log: (line) => this.#reporter.log(line),
    };
    this.signal.throwIfAborted();
    await this.#definition.handle(input, context);
    await this.#reporter.flush();
  }

  async succeed(): Promise<AttemptOutcome> {
    if (this.#isFinished) return 'succeeded';
    const isHeld = await this.#persist(() => this.#surroundings.complete(this.#task));
    return isHeld === true ? 'succeeded' : 'lost';
  }

  async endWith(error: unknown): Promise<AttemptOutcome> {
    if (this.#isFinished) return 'succeeded';
    // Why the handler was stopped says more than what it threw when it noticed.
    const cause: unknown = this.reason === undefined ? error : this.signal.reason;
    if (cause instanceof TaskError && cause.code === 'LEASE_LOST') return 'lost';
    if (this.reason !== 'TASK_CANCELLED' && this.reason !== 'SHUTTING_DOWN') this.#surroundings.onError(error, this.#task);
    await this.#reporter.flush();
    const { database } = this.#surroundings;
    const outcome = await this.#persist(() => database.asTenant(this.#task.tenantId, (tx) => this.#settle(tx, cause)));
    return outcome ?? 'lost';
  }

  async #settle(tx: Tx, cause: unknown): Promise<AttemptOutcome> {
    const task = this.#task;
    if (this.reason === 'TASK_CANCELLED') return (await cancelHeldTask(tx, this.#definition, task)) ? 'cancelled' : 'lost';
    if (this.reason === 'SHUTTING_DOWN') return (await giveTaskBack(tx, task)) ? 'returned' : 'lost';
    const isFinal = this.#definition.isFinal?.(cause) ?? false;
    const failure = { error: toErrorRecord(explainLimit(cause)), isFinal, isOutage: isOutage(cause), backoff: this.#surroundings.backoff };
    const state = await failTask(tx, this.#definition, task, failure);
    if (state === undefined) return 'lost';
    return state === 'failed' ? 'failed' : 'retried';
  }

  async #fenced<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
    await this.#reporter.flushLines();
    try {
      return await this.#surroundings.database.asTenant(this.#task.tenantId, async (tx) => {
        await keepHeld(tx, this.#task, this.#surroundings.leaseSeconds);
        return work(tx);
      });
    } catch (error) {
      this.#notice(error);
      throw error;
    }
  }

  async #finish(work: (tx: Tx) => Promise<void>): Promise<void> {
    await this.#reporter.flush();
    await this.#fenced(async (tx) => {
      await work(tx);
      await completeTasks(tx, [this.#task]);
    });
    this.#isFinished = true;
  }

  #notice(error: unknown): void {
    if (error instanceof TaskError && error.code === 'LEASE_LOST') this.abort(error);
  }

  /** Tries again while the database is away and the task is still ours. Undefined: it could not be written, the lease will run out. */
  async #persist<T>(write: () => Promise<T>): Promise<T | undefined> {
    const giveUpAt = performance.now() + persistSeconds * 1000;
    for (let waitMilliseconds = 100; ; waitMilliseconds = Math.min(waitMilliseconds * 2, 2000)) {
      try {
        return await write();
      } catch (error) {
        if (this.#gone.signal.aborted || performance.now() + waitMilliseconds > giveUpAt) {
          this.#surroundings.onError(error, this.#task);
          return undefined;
        }
        await delay(waitMilliseconds, undefined, { signal: this.#gone.signal }).catch(() => {});
      }
    }
  }
}
