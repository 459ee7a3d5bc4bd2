import {
  CreateBucketCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  S3Client,
} from '@aws-sdk/client-s3';
import type { ListObjectsV2CommandOutput } from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import type { Readable } from 'node:stream';
import { buildContentDisposition } from './content-disposition.ts';
import { Content } from './content.ts';
import { nameOfS3Error, toS3StorageError } from './s3-error.ts';
import { assertLinkSeconds } from './signed-url.ts';
import { assertStorageKey, assertStoragePrefix } from './storage-key.ts';
import type { ListedObject, Storage } from './storage.ts';
import { abortOldUploads, uploadContent } from './upload-content.ts';

export interface S3StorageOptions {
  /** Default: Amazon's for the region. */
  readonly endpointUrl?: string;
  /** By which clients of the service reach the same server, for links; default: the same. */
  readonly publicUrl?: string;
  readonly region: string;
  /** Made when it is not there, if the credentials allow that. */
  readonly bucket: string;
  /** Default: the credentials of the machine (environment, profile, instance). */
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string };
  /** How much of a file is in memory while it comes in. Default 8 MiB; S3 takes no less than 5. */
  readonly partBytes?: number;
  /** How many a listing asks for at a time. Default 1000, which is the most. */
  readonly pageSize?: number;
  /** By which uploads are old. Default: the clock. */
  readonly now?: () => Date;
}

/** A bucket of S3, MinIO or another server of the kind. */
export interface S3Storage extends Storage {
  close(): void;
}

type Page = Pick<ListObjectsV2CommandOutput, 'Contents' | 'NextContinuationToken'>;

const isUpSeconds = 5;

export function createS3Storage(options: S3StorageOptions): S3Storage {
  const { bucket: Bucket, partBytes = 8 * 1_048_576, pageSize = 1000 } = options;
  const client = createClient(options);
  // Signs only, for the host is under the signature: it connects to nothing.
  const publicClient = createClient({ ...options, ...(options.publicUrl !== undefined && { endpointUrl: options.publicUrl }) });
  let bucketMade: Promise<void> | undefined;

  /** Once; after a failure the next one tries again. */
  async function ensureBucket(): Promise<void> {
    bucketMade ??= makeBucket(client, Bucket);
    try {
      await bucketMade;
    } catch (error) {
      bucketMade = undefined;
      throw error;
    }
  }

  return {
    async put(key, body, putOptions = {}) {
      assertStorageKey(key);
      const content = new Content(body);
      try {
        await ensureBucket();
        await uploadContent(client, { Bucket, Key: key, partBytes, ...putOptions }, content);
        return content.measure();
      } catch (error) {
        throw content.failure === undefined ? toS3StorageError(error, key) : error;
      } finally {
        content.close();
      }
    },

    async get(key, part) {
      assertStorageKey(key);
      const range = part && { Range: `bytes=${part.first}-${part.last}` };
      return await answered(key, async () => {
        const { Body, ContentLength = 0, ContentRange } = await client.send(new GetObjectCommand({ Bucket, Key: key, ...range }));
        return { body: Body as Readable, bytes: ContentRange === undefined ? ContentLength : Number(ContentRange.split('/')[1]) };
      });
    },

    async has(key) {
      assertStorageKey(key);
      return await answered(key, async () => await isThere(key));
    },

    async remove(prefixOrKey) {
      if (prefixOrKey === '' || prefixOrKey.endsWith('/')) return await removePrefix(prefixOrKey);
      assertStorageKey(prefixOrKey);
      return await answered(prefixOrKey, async () => {
        if (!(await isThere(prefixOrKey))) return 0;
        await client.send(new DeleteObjectCommand({ Bucket, Key: prefixOrKey }));
        return 1;
      });
    },

    list,

    async signedUrl(key, { expiresInSeconds, fileName, contentType, method = 'GET' }) {
      assertStorageKey(key);
      assertLinkSeconds(expiresInSeconds);
      const asked = {
        Bucket,
        Key: key,
        ResponseContentDisposition: buildContentDisposition(fileName),
        ResponseContentType: contentType,
        ResponseCacheControl: 'private, no-store',
      };
      const command = method === 'HEAD' ? new HeadObjectCommand(asked) : new GetObjectCommand(asked);
      return await answered(key, async () => await getSignedUrl(publicClient, command, { expiresIn: expiresInSeconds }));
    },

    async removeUnfinished() {
      await answered('', async () => {
        await ensureBucket();
        await abortOldUploads(client, Bucket, options.now?.() ?? new Date());
      });
    },

    async isUp() {
      try {
        await client.send(new HeadBucketCommand({ Bucket }), { abortSignal: AbortSignal.timeout(isUpSeconds * 1000) });
        return true;
      } catch (error) {
        // It answers; the bucket is made when something is stored.
        return nameOfS3Error(error) === 'NotFound';
      }
    },

    close() {
      client.destroy();
      publicClient.destroy();
    },
  };

  async function isThere(key: string): Promise<boolean> {
    try {
      await client.send(new HeadObjectCommand({ Bucket, Key: key }));
      return true;
    } catch (error) {
      if (nameOfS3Error(error) === 'NotFound') return false;
      throw error;
    }
  }

  async function* list(prefix: string): AsyncGenerator<ListedObject> {
    assertStoragePrefix(prefix);
    let token: string | undefined;
    do {
      const page = await answered(prefix, async () => await loadPage(prefix, token));
      for (const { Key, Size = 0, LastModified = new Date(0) } of page.Contents ?? []) {
        if (Key !== undefined) yield { key: Key, bytes: Size, modifiedAt: LastModified };
      }
      token = page.NextContinuationToken;
    } while (token !== undefined);
  }

  async function loadPage(prefix: string, token: string | undefined): Promise<Page> {
    const input = { Bucket, Prefix: prefix, MaxKeys: pageSize, ...(token === undefined ? {} : { ContinuationToken: token }) };
    try {
      return await client.send(new ListObjectsV2Command(input));
    } catch (error) {
      // No bucket yet, so nothing in it.
      if (nameOfS3Error(error) === 'NoSuchBucket') return {};
      throw error;
    }
  }

  async function removePrefix(prefix: string): Promise<number> {
    let removed = 0;
    let keys: string[] = [];
    for await (const { key } of list(prefix)) {
      keys.push(key);
      if (keys.length < 1000) continue;
      removed += await removeKeys(keys);
      keys = [];
    }
    return removed + (await removeKeys(keys));
  }

  async function removeKeys(keys: readonly string[]): Promise<number> {
    if (keys.length === 0) return 0;
    const Objects = keys.map((Key) => ({ Key }));
    return await answered('', async () => {
      const { Errors = [] } = await client.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects, Quiet: true } }));
      return keys.length - Errors.length;
    });
  }
}

function createClient({ endpointUrl, region, credentials }: S3StorageOptions): S3Client {
  return new S3Client({
    region,
    // With an address of one's own the bucket stands in the path: its name need not be known to the name service.
    ...(endpointUrl === undefined ? {} : { endpoint: endpointUrl, forcePathStyle: true }),
    ...(credentials === undefined ? {} : { credentials }),
    // Older servers (Ceph 16) refuse the checksums that the client would add of itself; TLS and our own hashes protect the content.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    maxAttempts: 3,
    requestHandler: { connectionTimeout: 5000, requestTimeout: 60_000, socketTimeout: 60_000, throwOnRequestTimeout: true },
  });
}

async function makeBucket(client: S3Client, bucket: string): Promise<void> {
  try {
    await client.send(new HeadBucketCommand({ Bucket: bucket }));
    return;
  } catch (error) {
    if (nameOfS3Error(error) !== 'NotFound') throw error;
  }
  try {
    await client.send(new CreateBucketCommand({ Bucket: bucket }));
  } catch (error) {
    // Another process was faster.
    if (!['BucketAlreadyOwnedByYou', 'BucketAlreadyExists'].includes(nameOfS3Error(error))) throw error;
  }
}

async function answered<T>(key: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw toS3StorageError(error, key);
  }
}
