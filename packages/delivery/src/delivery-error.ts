export type DeliveryErrorCode = 'NO_COMMIT' | 'FOLDER_UNREADABLE' | 'ROOT_NOT_FOUND' | 'TREE_TOO_LARGE';

/** What stops a delivery. The message says what, where, and what to do. */
export class DeliveryError extends Error {
  override readonly name = 'DeliveryError';
  readonly code: DeliveryErrorCode;

  constructor(code: DeliveryErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}
