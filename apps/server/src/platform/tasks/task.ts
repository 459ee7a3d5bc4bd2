import type { Tx } from '../database/index.ts';
import type { QueueName } from '../queue/index.ts';

/**
 * Terminology
 * - task: one unit of background work, a row of `tasks`.
 * - kind: what sort of work; a definition says how it is done.
 * - claim: a worker takes a task; `attempt` rises and is the fencing number of all that the worker writes for it.
 * - lease: how long the worker may be silent. Heartbeats renew it; when it ran out, the task is anyone's.
 * - settle: to end an attempt in the database.
 *
 *   queued ──claim──▶ running ──▶ succeeded
 *     ▲  ▲               │ ├────▶ cancelled            (on request; a queued task at once)
 *     │  └─error, outage, shutdown, lease lost
 *     │                  │ ├────▶ failed               (an error that is final, max_failures of them, or an outage of a day)
 *     └────redrive───────┴─┴────▶ dead                 (three leases lost without an error: the task kills its workers)
 */
export type TaskState = 'queued' | 'running' | 'succeeded' | 'failed' | 'cancelled' | 'dead';

/** What sort of work: all that is needed to ask for it. */
export interface TaskKind {
  readonly kind: string;
  readonly queue: QueueName;
  /** Errors until the task has failed. Default 3. */
  readonly maxFailures?: number;
}

/** Who asked for a task, and from where: what the audit log says of all that is done for it. */
export interface Requester {
  readonly userId: string;
  readonly ip?: string;
  readonly requestId?: string;
}

/** How a kind of work is done. */
export interface TaskDefinition extends TaskKind {
  readonly handle: TaskHandler;
  /** The task is asked to stop after this. Default 3300 (55 minutes). */
  readonly softLimitSeconds?: number;
  /** It is given up after this. Default 3600. */
  readonly hardLimitSeconds?: number;
  /** Errors after which another attempt makes no sense. Default: none. */
  readonly isFinal?: (error: unknown) => boolean;
  /** Told in the very transaction in which a task ends without success, so that what it was for can change its state with it. */
  readonly ended?: (tx: Tx, task: EndedTask) => Promise<void>;
}

/** An attempt may be cut off anywhere and made again: whatever lasts belongs into `fenced` or `finish`, or must be repeatable. */
export type TaskHandler = (input: unknown, context: TaskContext) => Promise<void>;

export interface TaskContext {
  readonly taskId: string;
  readonly tenantId: string;
  readonly subject: string;
  /** Undefined: the service itself asked for it. */
  readonly requester: Requester | undefined;
  /** The fencing number; names of files that an attempt stores contain it. */
  readonly attempt: number;
  /** Aborted with a `TaskError` as its reason: the lease is lost, somebody cancelled, the time is up, the service stops. */
  readonly signal: AbortSignal;
  /** A short transaction of the tenant that commits only while the lease is held; throws LEASE_LOST. Lines of before are written before it. */
  fenced<T>(work: (tx: Tx) => Promise<T>): Promise<T>;
  /** The last `fenced`: the task has succeeded if and only if it commits. */
  finish(work: (tx: Tx) => Promise<void>): Promise<void>;
  /** Shown with the task and as an event of its subject. Written a few times a second at most, the last one always. */
  progress(percent: number, step: string): Promise<void>;
  /** A line for people, as an event of the subject. No secrets. */
  log(line: string): Promise<void>;
}

/** A task that a worker holds. */
export interface ClaimedTask {
  readonly tenantId: string;
  readonly id: string;
  readonly kind: string;
  readonly subject: string;
  readonly input: unknown;
  readonly requester: Requester | undefined;
  readonly attempt: number;
  /** What it was asked for in; undefined when that was not traced. */
  readonly traceparent: string | undefined;
  /** From when it could have been run until it was. */
  readonly waitedSeconds: number;
}

export interface EndedTask {
  readonly tenantId: string;
  readonly id: string;
  readonly subject: string;
  readonly input: unknown;
  readonly requester: Requester | undefined;
  readonly outcome: 'failed' | 'cancelled' | 'dead';
  readonly error: ErrorRecord | undefined;
}

/** What is kept of an error. */
export interface ErrorRecord {
  readonly code: string;
  readonly message: string;
}
