export type CredentialsErrorCode =
  | 'CREDENTIALS_NOT_FOUND'
  | 'CREDENTIALS_NOT_FOR_ORIGIN'
  | 'CREDENTIALS_UNAVAILABLE'
  | 'CREDENTIALS_REFUSED'
  | 'CREDENTIALS_UNREADABLE';

/** Why there are no credentials. The message never has one in it, nor what the service answered. */
export class CredentialsError extends Error {
  override readonly name = 'CredentialsError';
  readonly code: CredentialsErrorCode;

  constructor(code: CredentialsErrorCode, message: string, options: { cause?: unknown } = {}) {
    super(message, options);
    this.code = code;
  }
}
