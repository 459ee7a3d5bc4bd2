import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  PutObjectCommand,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import type { CompletedPart, ListMultipartUploadsCommandOutput, S3Client } from '@aws-sdk/client-s3';
import type { Content } from './content.ts';
import { nameOfS3Error } from './s3-error.ts';
import { StorageError } from './storage-error.ts';
import type { PutOptions } from './storage.ts';

interface Target extends PutOptions {
  readonly Bucket: string;
  readonly Key: string;
  readonly partBytes: number;
}

/**
 * Uploads a stream whose length nobody knows, in parts when it is longer than one, with two parts in memory at most. What fails leaves no
 * parts behind that would be paid for.
 */
export async function uploadContent(client: S3Client, target: Target, content: Content): Promise<void> {
  const parts = splitContent(content, target.partBytes);
  const first = await parts.next();
  const second = await parts.next();
  if (first.done) return;
  if (second.done) {
    const Body = first.value;
    await client.send(new PutObjectCommand({ ...describe(target), ...onlyIfAbsent(target), Body, ContentLength: Body.length }));
  } else {
    await uploadParts(client, target, prepend([first.value, second.value], parts));
  }
}

/** No upload lasts a day: whoever was at it is gone, and its parts are paid for. */
const longestUploadMilliseconds = 24 * 3_600_000;

/** Gives up uploads in parts that were begun more than a day ago. */
export async function abortOldUploads(client: S3Client, Bucket: string, now: Date): Promise<void> {
  let marker: { KeyMarker?: string | undefined; UploadIdMarker?: string | undefined } | undefined = {};
  while (marker !== undefined) {
    const page: ListMultipartUploadsCommandOutput = await client.send(new ListMultipartUploadsCommand({ Bucket, ...marker }));
    for (const { Key, UploadId, Initiated } of page.Uploads ?? []) {
      if (Initiated === undefined || now.getTime() - Initiated.getTime() < longestUploadMilliseconds) continue;
      await client.send(new AbortMultipartUploadCommand({ Bucket, Key, UploadId }));
    }
    marker = page.IsTruncated ? { KeyMarker: page.NextKeyMarker, UploadIdMarker: page.NextUploadIdMarker } : undefined;
  }
}

async function uploadParts(client: S3Client, target: Target, parts: AsyncIterable<Uint8Array>): Promise<void> {
  const { Bucket, Key } = target;
  await assertAbsent(client, target);
  const { UploadId } = await client.send(new CreateMultipartUploadCommand(describe(target)));
  const upload = { Bucket, Key, UploadId };
  try {
    const Parts: CompletedPart[] = [];
    for await (const Body of parts) {
      const PartNumber = Parts.length + 1;
      const { ETag } = await client.send(new UploadPartCommand({ ...upload, PartNumber, Body, ContentLength: Body.length }));
      Parts.push({ ETag, PartNumber });
    }
    await assertAbsent(client, target);
    await client.send(new CompleteMultipartUploadCommand({ ...upload, ...onlyIfAbsent(target), MultipartUpload: { Parts } }));
  } catch (error) {
    await client.send(new AbortMultipartUploadCommand(upload)).catch(() => {});
    throw error;
  }
}

/** Before the parts, to save the work, and after: of the condition on their completion, older servers (Ceph 16) take no notice. */
async function assertAbsent(client: S3Client, { Bucket, Key, ifAbsent = false }: Target): Promise<void> {
  if (!ifAbsent) return;
  try {
    await client.send(new HeadObjectCommand({ Bucket, Key }));
  } catch (error) {
    if (nameOfS3Error(error) === 'NotFound') return;
    throw error;
  }
  throw new StorageError('OBJECT_EXISTS', `There is a stored file ${Key} already.`);
}

function describe({ Bucket, Key, contentType = 'application/octet-stream' }: Target): { Bucket: string; Key: string; ContentType: string } {
  return { Bucket, Key, ContentType: contentType };
}

function onlyIfAbsent({ ifAbsent = false }: Target): { IfNoneMatch?: string } {
  return ifAbsent ? { IfNoneMatch: '*' } : {};
}

/** At least one part, if an empty one. They grow by the thousand, since S3 takes ten thousand: 8 MiB at first make 430 GiB. */
async function* splitContent(content: Content, partBytes: number): AsyncGenerator<Uint8Array> {
  let count = 0;
  let part = Buffer.allocUnsafe(partBytes);
  let filled = 0;
  for await (const chunk of content) {
    for (let offset = 0; offset < chunk.length;) {
      const taken = Math.min(chunk.length - offset, part.length - filled);
      part.set(chunk.subarray(offset, offset + taken), filled);
      offset += taken;
      filled += taken;
      if (filled < part.length) continue;
      yield part;
      count++;
      part = Buffer.allocUnsafe(partBytes * (1 + Math.floor(count / 1000)));
      filled = 0;
    }
  }
  if (filled > 0 || count === 0) yield part.subarray(0, filled);
}

async function* prepend(first: readonly Uint8Array[], rest: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield* first;
  yield* rest;
}
