import type { ImportOutcome } from './phoenix-import.ts';

export type PhoenixErrorCode =
  /** The address is none, or would carry credentials unencrypted. */
  | 'PHOENIX_URL_INVALID'
  /** They cannot be sent as they are. */
  | 'PHOENIX_CREDENTIALS_INVALID'
  /** Phoenix does not accept the credentials. */
  | 'PHOENIX_AUTHENTICATION_FAILED'
  /** No connection. */
  | 'PHOENIX_UNREACHABLE'
  /** It asks to come back later, or fails. */
  | 'PHOENIX_UNAVAILABLE'
  /** It did not take what was sent. */
  | 'PHOENIX_REFUSED'
  /** A single finding, or a file, is larger than it takes. */
  | 'PHOENIX_TOO_LARGE'
  /** Something answers that is not Phoenix. */
  | 'PHOENIX_ANSWER_UNREADABLE'
  /** Whether a file arrived is not known, and sending it twice would do harm. */
  | 'PHOENIX_UNCERTAIN'
  /** It could not translate a file. */
  | 'PHOENIX_TRANSLATION_FAILED'
  /** A report without findings does not tell which assessment is clean now. */
  | 'PHOENIX_ASSET_TYPE_MISSING'
  /** Findings lack what Phoenix asks for, and are not to be completed. */
  | 'PHOENIX_INCOMPLETE'
  /** None of the findings can be told of an asset of this type. */
  | 'PHOENIX_NOTHING_FITS'
  /** The ledger belongs to other findings. */
  | 'PHOENIX_IMPORT_CHANGED';

/** Why an import ended. The message is for the user and never holds credentials. */
export class PhoenixError extends Error {
  override readonly name = 'PhoenixError';
  readonly code: PhoenixErrorCode;
  /** How far it came. */
  readonly outcome: ImportOutcome | undefined;

  constructor(code: PhoenixErrorCode, message: string, outcome?: ImportOutcome) {
    super(message);
    this.code = code;
    this.outcome = outcome;
  }

  /** Whether the same import may succeed later, resumed with its ledger. */
  get isTemporary(): boolean {
    return this.code === 'PHOENIX_UNREACHABLE' || this.code === 'PHOENIX_UNAVAILABLE';
  }
}
