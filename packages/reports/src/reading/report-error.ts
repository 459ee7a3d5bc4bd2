export type ReportErrorCode =
  /** It is no report, or of a kind that cannot be told. */
  | 'REPORT_UNKNOWN'
  /** It breaks off or is damaged where nothing could be read yet. */
  | 'REPORT_UNREADABLE'
  /** It is larger, deeper or more packed than is read. */
  | 'REPORT_TOO_LARGE'
  /** Its findings do not fit into one document of the format asked for. */
  | 'REPORT_MIXED';

/** Why a report was not read. The message is for the user and never quotes the report: it may hold secrets. */
export class ReportError extends Error {
  override readonly name = 'ReportError';
  readonly code: ReportErrorCode;

  constructor(code: ReportErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}
