export type ScanErrorCode = 'NOTHING_SCANNED' | 'SCAN_RANGE_INVALID' | 'HISTORY_UNREADABLE' | 'LIMIT_EXCEEDED';

/** A scan that could not do what was asked. */
export class ScanError extends Error {
  override readonly name = 'ScanError';
  readonly code: ScanErrorCode;

  constructor(code: ScanErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}
