/** Why a program could not be run to its own end. */
export type ProcessErrorCode =
  | 'PROGRAM_NOT_FOUND'
  | 'SPAWN_FAILED'
  | 'TIMED_OUT'
  | 'ABORTED'
  | 'OUTPUT_LIMIT'
  | 'LIMIT_REACHED'
  | 'LIMITS_UNSUPPORTED'
  | 'KILLED';

/** A program that was not started, or did not come to its own end. The message names the program, never its arguments. */
export class ProcessError extends Error {
  readonly code: ProcessErrorCode;
  /** The end of what the program wrote to standard error. */
  readonly stderr: string;
  /** The signal that ended it, when one did. */
  readonly signal: NodeJS.Signals | undefined;

  constructor(
    code: ProcessErrorCode,
    message: string,
    options: { stderr?: string; signal?: NodeJS.Signals | undefined; cause?: unknown } = {},
  ) {
    super(message, options.cause === undefined ? {} : { cause: options.cause });
    this.name = 'ProcessError';
    this.code = code;
    this.stderr = options.stderr ?? '';
    this.signal = options.signal;
  }
}
