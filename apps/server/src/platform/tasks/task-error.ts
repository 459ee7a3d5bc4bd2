import type { ErrorRecord } from './task.ts';

export type TaskErrorCode =
  | 'LEASE_LOST'
  | 'TASK_CANCELLED'
  | 'TIME_LIMIT'
  | 'SHUTTING_DOWN'
  | 'CHILD_FAILED'
  | 'LIMIT_EXCEEDED'
  | 'DISK_FULL'
  | 'TASK_NOT_FOUND'
  | 'TASK_NOT_ENDED';

/** Why a task does not go on, or cannot be changed. */
export class TaskError extends Error {
  override readonly name = 'TaskError';
  readonly code: TaskErrorCode;

  constructor(code: TaskErrorCode, message: string, options: { cause?: unknown } = {}) {
    super(message, options);
    this.code = code;
  }
}

/** Why a process was stopped that allocated more than it may. */
export const outOfMemory = 'it needed more memory than it may have';

/** An error of the runtime that says that a limit of the process or the machine was reached, as one for people; every other as it is. */
export function explainLimit(error: unknown): unknown {
  const { code, message = '' } = (error ?? {}) as { code?: unknown; message?: string };
  if (code === 'ENOSPC' || code === 'EDQUOT') {
    return new TaskError('DISK_FULL', 'There is no space left where the worker keeps its files.', { cause: error });
  }
  if (code === 'EFBIG') return limitExceeded('it wrote a larger file than it may', error);
  const isOutOfMemory =
    code === 'ENOMEM' || code === 'ERR_WORKER_OUT_OF_MEMORY' || (error instanceof RangeError && /allocat|grow/i.test(message));
  return isOutOfMemory ? limitExceeded(outOfMemory, error) : error;
}

function limitExceeded(why: string, cause: unknown): TaskError {
  return new TaskError('LIMIT_EXCEEDED', `The process of the task was stopped: ${why}.`, { cause });
}

const maxMessageLength = 500;

/**
 * What may be stored of an error and shown. Only errors with a code of ours are written for people; the message of another (of a parser,
 * of the runtime) can quote what was read, a secret included.
 */
export function toErrorRecord(error: unknown): ErrorRecord {
  if (error instanceof Error && 'code' in error && typeof error.code === 'string' && ourErrors.test(error.name) && codes.test(error.code)) {
    return { code: error.code, message: error.message.slice(0, maxMessageLength) };
  }
  return { code: 'UNEXPECTED', message: 'The task stopped unexpectedly. The log of the worker says more.' };
}

// Ours set their class as their name; those of Node and of drivers are `Error`, `TypeError`, `error` …
const ourErrors = /^[A-Z][A-Za-z]+(?<!^Type|^Range|^Syntax|^Reference|^URI|^Eval|^Aggregate|^System)(?:Error|Down)$/;
const codes = /^[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+$/;
