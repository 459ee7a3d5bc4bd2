export type RewriteErrorCode =
  | 'VALUE_TOO_SHORT'
  | 'REPLACEMENT_HOLDS_VALUE'
  | 'REPLACEMENT_UNSTABLE'
  | 'SOURCE_NOT_COMPLETE'
  | 'SOURCE_OBJECT_UNREADABLE'
  | 'PATTERN_INVALID'
  | 'OUTPUT_EXISTS'
  | 'OUTPUT_UNWRITABLE'
  | 'LIMIT_EXCEEDED';

/** Why a repository was not rewritten. The source is never changed; a message never holds a value. */
export class RewriteError extends Error {
  readonly code: RewriteErrorCode;

  constructor(code: RewriteErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'RewriteError';
    this.code = code;
  }
}
