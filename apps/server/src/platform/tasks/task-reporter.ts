import { sql } from 'kysely';
import type { Database, Tx } from '../database/index.ts';
import { appendEvents } from '../events/index.ts';
import type { NewEvent } from '../events/index.ts';
import { createAlarm } from '../queue/index.ts';
import { assertHeld } from './settle-task.ts';
import type { ClaimedTask } from './task.ts';

const pauseMilliseconds = 200;
const maxWaitingLines = 1000;
const maxLineLength = 8000;

/** Writes what an attempt reports, gathered over a moment: a chatty task costs a few transactions a second, not one per line. */
export class TaskReporter {
  readonly #database: Pick<Database, 'asTenant'>;
  readonly #task: ClaimedTask;
  readonly #onError: (error: unknown) => void;
  readonly #alarm = createAlarm();
  #lines: NewEvent[] = [];
  #progress: { percent: number; step: string } | undefined;
  #writing: Promise<void> | undefined;

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
    this.#lines.push({ kind: 'log', data: { line: line.slice(0, maxLineLength) } });
    this.#writing ??= this.#write();
    if (this.#lines.length > maxWaitingLines) await this.#writing;
  }

  /** Returns when all is written. */
  async flush(): Promise<void> {
    while (this.#writing !== undefined) {
      this.#alarm.ring();
      await this.#writing;
    }
  }

  async #write(): Promise<void> {
    try {
      while (this.#lines.length > 0 || this.#progress !== undefined) {
        const lines = this.#lines;
        const progress = this.#progress;
        this.#lines = [];
        this.#progress = undefined;
        await this.#database.asTenant(this.#task.tenantId, (tx) => this.#writeAll(tx, lines, progress));
        await this.#alarm.pause(pauseMilliseconds);
      }
    } catch (error) {
      // Reports are not worth failing a task for; a lost lease is, and the one who is told sees to it.
      this.#onError(error);
    } finally {
      this.#writing = undefined;
    }
  }

  async #writeAll(tx: Tx, lines: readonly NewEvent[], progress: { percent: number; step: string } | undefined): Promise<void> {
    await assertHeld(tx, this.#task);
    if (progress !== undefined) {
      await sql`update tasks set progress_percent = ${progress.percent}, current_step = ${progress.step}
        where tenant_id = ${this.#task.tenantId} and id = ${this.#task.id}`.execute(tx);
    }
    await appendEvents(tx, this.#task.subject, progress === undefined ? lines : [...lines, { kind: 'progress', data: progress }]);
  }
}
