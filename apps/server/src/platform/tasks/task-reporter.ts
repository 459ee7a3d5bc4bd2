import { setTimeout as delay } from 'node:timers/promises';
import { sql } from 'kysely';
import type { Database, Tx } from '../database/index.ts';
import { appendEvents } from '../events/index.ts';
import type { NewEvent } from '../events/index.ts';
import { createAlarm } from '../queue/index.ts';
import { assertHeld } from './settle-task.ts';
import type { ClaimedTask } from './task.ts';
import { TaskError } from './task-error.ts';

const pauseMilliseconds = 200;
const maxTries = 5;
const retryMilliseconds = 400;
const maxWaitingLines = 1000;
const maxLineLength = 8000;

interface Progress {
  readonly percent: number;
  readonly step: string;
}

/** Writes what an attempt reports, gathered over a moment: a chatty task costs a few transactions a second, not one per line. */
export class TaskReporter {
  readonly #database: Pick<Database, 'asTenant'>;
  readonly #task: ClaimedTask;
  readonly #onError: (error: unknown) => void;
  readonly #alarm = createAlarm();
  #lines: NewEvent[] = [];
  /** Lines that wait, or are being written. */
  #unwritten = 0;
  /** Lines that could not be written. */
  #lost = 0;
  #progress: Progress | undefined;
  #writing: Promise<void> | undefined;
  #isFlushing = false;

  constructor(database: Pick<Database, 'asTenant'>, task: ClaimedTask, onError: (error: unknown) => void) {
    this.#database = database;
    this.#task = task;
    this.#onError = onError;
  }

  async progress(percent: number, step: string): Promise<void> {
    this.#progress = { percent: Math.max(0, Math.min(100, Math.floor(percent))), step: step.slice(0, 200) };
    this.#writing ??= this.#write();
  }

  /** Waits only when lines come faster than the database takes them. */
  async log(line: string): Promise<void> {
    this.#lines.push(toEvent(line));
    this.#unwritten++;
    this.#writing ??= this.#write();
    if (this.#lines.length > maxWaitingLines) await this.#writing;
  }

  /** Returns when all lines are written: what is done next stands behind them. */
  async flushLines(): Promise<void> {
    if (this.#unwritten > 0) await this.flush();
  }

  /** Returns when all is written. */
  async flush(): Promise<void> {
    this.#isFlushing = true;
    this.#alarm.ring();
    while (this.#writing !== undefined) await this.#writing;
    this.#isFlushing = false;
  }

  async #write(): Promise<void> {
    try {
      while (this.#lines.length > 0 || this.#progress !== undefined) {
        const lines = this.#lines;
        const progress = this.#progress;
        this.#lines = [];
        this.#progress = undefined;
        await this.#writeOrCount(lines, progress);
        if (!this.#isFlushing) await this.#alarm.pause(pauseMilliseconds);
      }
    } catch (error) {
      // Reports are not worth failing a task for; a lost lease is, and the one who is told sees to it.
      this.#onError(error);
    } finally {
      this.#writing = undefined;
    }
  }

  async #writeOrCount(lines: readonly NewEvent[], progress: Progress | undefined): Promise<void> {
    const remark = this.#lost === 0 ? [] : [toEvent(`(${this.#lost} ${this.#lost === 1 ? 'line' : 'lines'} could not be written.)`)];
    try {
      await this.#writePatiently([...remark, ...lines], progress);
      this.#lost = 0;
    } catch (error) {
      this.#lost += lines.length;
      throw error;
    } finally {
      this.#unwritten -= lines.length;
    }
  }

  /** The database may be restarted, or a deadlock may have been broken at our cost. */
  async #writePatiently(lines: readonly NewEvent[], progress: Progress | undefined): Promise<void> {
    for (let tries = 1; ; tries++) {
      try {
        await this.#database.asTenant(this.#task.tenantId, (tx) => this.#writeAll(tx, lines, progress));
        return;
      } catch (error) {
        if (error instanceof TaskError || tries === maxTries) throw error;
        await delay(tries * retryMilliseconds);
      }
    }
  }

  async #writeAll(tx: Tx, lines: readonly NewEvent[], progress: Progress | undefined): Promise<void> {
    await assertHeld(tx, this.#task);
    if (progress !== undefined) {
      await sql`update tasks set progress_percent = ${progress.percent}, current_step = ${progress.step}
        where tenant_id = ${this.#task.tenantId} and id = ${this.#task.id}`.execute(tx);
    }
    await appendEvents(tx, this.#task.subject, progress === undefined ? lines : [...lines, { kind: 'progress', data: progress }]);
  }
}

function toEvent(line: string): NewEvent {
  return { kind: 'log', data: { line: line.slice(0, maxLineLength) } };
}
