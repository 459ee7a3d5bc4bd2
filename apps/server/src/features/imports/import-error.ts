export type ImportErrorCode =
  /** Another upload of the assessment is on its way to Phoenix: later. */
  | 'ASSESSMENT_BUSY'
  | 'IMPORT_CHANGED'
  /** To be taken for all there is, a report must be understood as a whole. */
  | 'IMPORT_INCOMPLETE'
  /** Whose report it is cannot be told, or nothing of it could be read. */
  | 'REPORT_UNKNOWN'
  | 'REPORT_UNREADABLE';

/** Why an upload came to nothing. The message is shown with it and never quotes the report. */
export class ImportError extends Error {
  override readonly name = 'ImportError';
  readonly code: ImportErrorCode;

  constructor(code: ImportErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}

/** Where it is no longer what its task was for: cancelled meanwhile. */
export function importChangedError(): ImportError {
  return new ImportError('IMPORT_CHANGED', 'The upload was cancelled meanwhile.');
}

/** Errors that another attempt cannot mend: they lie in the report. */
export function isFinalError(error: unknown): boolean {
  const { code, isTemporary } = (error ?? {}) as { code?: unknown; isTemporary?: unknown };
  // Of Phoenix: it knows itself whether it is worth another try.
  return isTemporary === false || (typeof code === 'string' && finalCodes.has(code));
}

const finalCodes: ReadonlySet<string> = new Set([
  'IMPORT_CHANGED',
  'IMPORT_INCOMPLETE',
  'REPORT_UNKNOWN',
  'REPORT_UNREADABLE',
  'REPORT_TOO_LARGE',
  'TIME_LIMIT',
  'LIMIT_EXCEEDED',
  'CONTENT_DAMAGED',
  'OBJECT_NOT_FOUND',
  'KEY_UNKNOWN',
  'KEY_REFUSED',
]);
