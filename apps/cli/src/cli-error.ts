/** What went wrong at the command line itself; the message says what to do. */
export class CliError extends Error {
  override readonly name = 'CliError';
  readonly code: CliErrorCode;

  constructor(code: CliErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}

export type CliErrorCode =
  | 'USAGE'
  | 'NOT_A_TERMINAL'
  | 'NOTHING_SELECTED'
  | 'OUTPUT_EXISTS'
  | 'REPOSITORY_CHANGED'
  | 'NO_PROVEN_RESULT'
  | 'NO_TRUSTED_KEY'
  | 'DATABASE_NOT_UPGRADED'
  | 'HOOK_IS_FOREIGN'
  | 'HOOKS_ARE_SHARED'
  | 'SECRET_NOT_FOUND'
  | 'REPORT_UNREADABLE'
  | 'TEMPORARY_UNUSABLE'
  | 'APPLICATION_NOT_FOUND'
  | 'NOTHING_UNDER_WAY'
  | 'URL_REFUSED'
  | 'NO_COMMIT'
  | 'SOURCE_NOT_COMPLETE'
  | 'NOTHING_DEPLOYED';
