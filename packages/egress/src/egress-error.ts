export type EgressErrorCode =
  | 'ADDRESS_DENIED'
  | 'HOST_NOT_FOUND'
  | 'CONNECTION_FAILED'
  | 'HOST_INVALID'
  | 'EXCEPTION_INVALID'
  | 'REMOTE_UNREACHABLE'
  | 'RESPONSE_TOO_LARGE'
  | 'TIMED_OUT';

/** A connection that was not made. The message names the host, never an address: what a name resolves to inside is nobody's business. */
export class EgressError extends Error {
  readonly code: EgressErrorCode;

  constructor(code: EgressErrorCode, message: string, options: { cause?: unknown } = {}) {
    super(message, options);
    this.name = 'EgressError';
    this.code = code;
  }
}
