import type { Config } from '../config/index.ts';
import { openDirectoryStorage } from './directory-storage.ts';
import type { DirectoryStorageOptions } from './directory-storage.ts';
import type { Storage } from './storage.ts';

/** The bucket that is used when an address is named and no bucket. */
const defaultBucket = 'deployguard';

export interface OpenedStorage extends AsyncDisposable {
  readonly storage: Storage;
  /** Whether download links lead to the API, which checks them with `verifySignedUrl`. */
  readonly isServedByApi: boolean;
}

/** Opens the storage that the settings name: a bucket, else the directory. A server that does not answer yet is no error. */
export async function openStorage(settings: Config['storage'], directory: DirectoryStorageOptions): Promise<OpenedStorage> {
  const { bucket, endpointUrl, publicUrl, region, accessKey, secretKey } = settings;
  if (bucket === undefined && endpointUrl === undefined) {
    return { storage: await openDirectoryStorage(directory), isServedByApi: true, [Symbol.asyncDispose]: async () => {} };
  }
  // Loaded when it is chosen: the client of S3 is large.
  const { createS3Storage } = await import('./s3-storage.ts');
  const storage = createS3Storage({
    bucket: bucket ?? defaultBucket,
    region,
    ...(endpointUrl === undefined ? {} : { endpointUrl }),
    ...(publicUrl === undefined ? {} : { publicUrl }),
    ...(accessKey === undefined || secretKey === undefined ? {} : { credentials: { accessKeyId: accessKey, secretAccessKey: secretKey } }),
  });
  return { storage, isServedByApi: false, [Symbol.asyncDispose]: async () => storage.close() };
}
