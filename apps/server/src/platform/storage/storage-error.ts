export type StorageErrorCode =
  | 'OBJECT_NOT_FOUND'
  | 'OBJECT_EXISTS'
  | 'KEY_INVALID'
  | 'EXPIRY_INVALID'
  | 'LINK_INVALID'
  | 'LINK_EXPIRED'
  | 'STORAGE_FULL'
  | 'STORAGE_REFUSED'
  | 'STORAGE_DOWN'
  | 'CONTENT_DAMAGED';

/** What went wrong with stored files. The message names the key at most, never content or an address with a signature. */
export class StorageError extends Error {
  override readonly name = 'StorageError';
  readonly code: StorageErrorCode;

  constructor(code: StorageErrorCode, message: string, options: { cause?: unknown } = {}) {
    super(message, options);
    this.code = code;
  }
}
