import { S3ServiceException } from '@aws-sdk/client-s3';
import { StorageError } from './storage-error.ts';

/** The server's word for what is wrong, such as `NoSuchKey`; empty when it did not answer. */
export function nameOfS3Error(error: unknown): string {
  return error instanceof S3ServiceException ? error.name : '';
}

export function toS3StorageError(error: unknown, key: string): StorageError {
  if (error instanceof StorageError) return error;
  const cause = { cause: error };
  const status = error instanceof S3ServiceException ? (error.$metadata.httpStatusCode ?? 500) : 500;
  const name = nameOfS3Error(error);
  if (name === 'NoSuchBucket') {
    return new StorageError('STORAGE_REFUSED', 'The bucket of stored files is not there. Check its name, or make it.', cause);
  }
  if (status === 404) return new StorageError('OBJECT_NOT_FOUND', `There is no stored file ${key}.`, cause);
  if (status === 412 || name === 'ConditionalRequestConflict') {
    return new StorageError('OBJECT_EXISTS', `There is a stored file ${key} already.`, cause);
  }
  if (status === 507 || name === 'QuotaExceeded') return new StorageError('STORAGE_FULL', 'There is no room left for files.', cause);
  if (status === 401 || status === 403) {
    return new StorageError('STORAGE_REFUSED', 'The server of stored files refuses our credentials. Check key, secret and rights.', cause);
  }
  return new StorageError('STORAGE_DOWN', 'The server of stored files does not answer.', cause);
}
