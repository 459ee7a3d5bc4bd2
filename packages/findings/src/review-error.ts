/** Why findings cannot be compared or judged; the message is for the user: which file, where, and what to do. */
export class ReviewError extends Error {
  override readonly name = 'ReviewError';
  readonly code: ReviewErrorCode;

  constructor(code: ReviewErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}

export type ReviewErrorCode = 'BASELINE_INVALID' | 'GATE_POLICY_INVALID' | 'FINDING_UNKNOWN';
