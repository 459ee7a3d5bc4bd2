export type JobErrorCode = 'JOB_CHANGED' | 'CREDENTIALS_NOT_CONFIGURED' | 'NOTHING_SELECTED' | 'NOT_PROVEN' | 'PUSH_INCOMPLETE';

/** Why a step of a job came to nothing. The message is shown with the job. */
export class JobError extends Error {
  override readonly name = 'JobError';
  readonly code: JobErrorCode;

  constructor(code: JobErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}

/** Where the job is no longer what the task was for: cancelled, deleted, expired, or asked for something else meanwhile. */
export function jobChangedError(what = 'The job was changed meanwhile.'): JobError {
  return new JobError('JOB_CHANGED', what);
}

/** Errors that another attempt cannot mend: they lie in the request or the repository. */
export function isFinalError(error: unknown): boolean {
  const { code } = (error ?? {}) as { code?: unknown };
  return typeof code === 'string' && finalCodes.has(code);
}

const finalCodes: ReadonlySet<string> = new Set([
  'JOB_CHANGED',
  'CREDENTIALS_NOT_CONFIGURED',
  'NOTHING_SELECTED',
  'NOT_PROVEN',
  'PUSH_INCOMPLETE',
  'TIME_LIMIT',
  'CREDENTIALS_NOT_FOUND',
  'CREDENTIALS_NOT_FOR_ORIGIN',
  'CREDENTIALS_REFUSED',
  'CREDENTIALS_UNREADABLE',
  'KEY_UNKNOWN',
  'KEY_REFUSED',
  'CONTENT_DAMAGED',
  'OBJECT_NOT_FOUND',
  'URL_REFUSED',
  'REF_NAME_INVALID',
  'AUTHENTICATION_FAILED',
  'REMOTE_NOT_FOUND',
  'CONTENT_REFUSED',
  'LIMIT_EXCEEDED',
  'LIMIT_REACHED',
  'BUNDLE_INVALID',
  'BUNDLE_INCOMPLETE',
  'REPOSITORY_UNSUPPORTED',
  'REPOSITORY_UNSAFE',
  'REPOSITORY_BROKEN',
  'NOTHING_SCANNED',
  'SOURCE_NOT_COMPLETE',
  'SOURCE_OBJECT_UNREADABLE',
  'VALUE_TOO_SHORT',
  'REPLACEMENT_HOLDS_VALUE',
  'REPLACEMENT_UNSTABLE',
  'OBJECT_UNREADABLE',
]);
