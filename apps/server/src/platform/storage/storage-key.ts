import { StorageError } from './storage-error.ts';

// Enough for every name of ours, safe in paths, addresses and headers; 900 bytes leave room below the 1024 of S3.
const part = /^[A-Za-z0-9._-]{1,200}$/;
const maxKeyLength = 900;

/** Throws `KEY_INVALID` for what could leave its place: `..`, absolute paths, other characters than names need. */
export function assertStorageKey(key: string): void {
  const parts = key.split('/');
  if (key.length > maxKeyLength || !parts.every((name) => part.test(name) && name !== '.' && name !== '..')) {
    throw new StorageError('KEY_INVALID', 'This is no name of a stored file.');
  }
}

/** A prefix is empty or ends with `/`: `jobs/1` is not meant to hold `jobs/10`. */
export function assertStoragePrefix(prefix: string): void {
  if (prefix === '') return;
  if (!prefix.endsWith('/')) throw new StorageError('KEY_INVALID', 'A prefix of stored files ends with a slash.');
  assertStorageKey(prefix.slice(0, -1));
}
