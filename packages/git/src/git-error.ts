/** What went wrong with a repository, a URL or git itself. */
export type GitErrorCode =
  | 'GIT_NOT_FOUND'
  | 'GIT_TOO_OLD'
  | 'GIT_FAILED'
  | 'GIT_OUTPUT_INVALID'
  | 'OBJECT_MISSING'
  | 'NOT_A_REPOSITORY'
  | 'NO_WORK_TREE'
  | 'REPOSITORY_UNSUPPORTED'
  | 'REPOSITORY_UNSAFE'
  | 'REPOSITORY_BROKEN'
  | 'BUNDLE_INVALID'
  | 'BUNDLE_INCOMPLETE'
  | 'URL_REFUSED'
  | 'REF_NAME_INVALID'
  | 'AUTHENTICATION_FAILED'
  | 'REMOTE_NOT_FOUND'
  | 'REMOTE_UNREACHABLE'
  | 'CONTENT_REFUSED'
  | 'LIMIT_EXCEEDED'
  | 'DISK_FULL'
  | 'TRANSFER_FAILED';

/** The one error of this package. The message is for the user; `details` hold what git wrote, without control characters. */
export class GitError extends Error {
  readonly code: GitErrorCode;
  readonly details: string;

  constructor(code: GitErrorCode, message: string, options: { details?: string; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? {} : { cause: options.cause });
    this.name = 'GitError';
    this.code = code;
    this.details = options.details ?? '';
  }
}
