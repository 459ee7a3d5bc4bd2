export type KeyringErrorCode =
  | 'KEYRING_MISSING'
  | 'KEYRING_EXPOSED'
  | 'KEYRING_UNREADABLE'
  | 'KEYRING_INVALID'
  | 'KEY_UNKNOWN'
  | 'KEY_REFUSED';

/** What is wrong with keys. The message never has one in it. */
export class KeyringError extends Error {
  override readonly name = 'KeyringError';
  readonly code: KeyringErrorCode;

  constructor(code: KeyringErrorCode, message: string, options: { cause?: unknown } = {}) {
    super(message, options);
    this.code = code;
  }
}
