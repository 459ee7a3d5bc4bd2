export type ProofErrorCode =
  | 'ABORTED'
  | 'VALUE_TOO_SHORT'
  | 'NOTHING_TO_PROVE'
  | 'ENVELOPE_UNREADABLE'
  | 'SIGNATURE_INVALID'
  | 'KEY_UNUSABLE'
  | 'SEARCH_FAILED'
  | 'NOT_PROVEN';

/** Why something could not be proved, signed or verified. A failed proof is no error but a proof that says so. Never holds a value. */
export class ProofError extends Error {
  readonly code: ProofErrorCode;

  constructor(code: ProofErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'ProofError';
    this.code = code;
  }
}

export function abortedError(): ProofError {
  return new ProofError('ABORTED', 'The proof was stopped: the work was cancelled.');
}
