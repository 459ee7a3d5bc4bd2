import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { basename } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { type ReportUpload, operations } from '@deployguard/contracts';
import type { ServerClient } from '../client/server-client.ts';
import { ServerError } from '../client/server-error.ts';
import type { Progress } from '../terminal/progress.ts';

interface PartedFile {
  readonly path: string;
  /** Bytes. */
  readonly total: number;
  readonly partBytes: number;
  /** An upload that was begun before. */
  readonly resume: string | undefined;
}

const maxTries = 5;
const firstPauseMilliseconds = 1000;
const passesByItself = new Set(['SERVER_UNREACHABLE', 'UNAVAILABLE', 'RATE_LIMITED']);

/** Hands a file over in parts, each tried again when the way breaks off; returns the id of the upload. @throws {ServerError} */
export async function uploadParts(client: ServerClient, file: PartedFile, progress: Progress, signal: AbortSignal): Promise<string> {
  const { path, total, partBytes, resume } = file;
  const upload =
    resume === undefined
      ? await client.call(operations.startReportUpload, { body: { file_name: basename(path) } })
      : await client.call(operations.getReportUpload, { params: { upload_id: resume } });
  const { upload_id: id } = upload;
  try {
    for (let number = 1; (number - 1) * partBytes < total; number++) {
      const part = { path, start: (number - 1) * partBytes, end: Math.min(number * partBytes, total) - 1 };
      if (await isThere(upload, number, part)) continue;
      await putPart(
        client,
        id,
        number,
        part,
        (bytes) => progress.update({ label: `Uploading ${basename(path)}`, done: bytes, total, bytes }),
        signal,
      );
    }
    return id;
  } catch (error) {
    if (!(error instanceof ServerError)) throw error;
    throw new ServerError(error.code, `${error.message} What is there is kept: go on with --resume ${id}.`, { cause: error });
  }
}

interface Part {
  readonly path: string;
  readonly start: number;
  /** The last byte. */
  readonly end: number;
}

async function isThere({ parts }: ReportUpload, number: number, part: Part): Promise<boolean> {
  const known = parts.find((each) => each.number === number);
  if (known === undefined || known.bytes !== part.end - part.start + 1) return false;
  const hash = createHash('sha256');
  for await (const chunk of readPart(part)) hash.update(chunk);
  return hash.digest('hex') === known.sha256;
}

async function putPart(
  client: ServerClient,
  id: string,
  number: number,
  part: Part,
  onProgress: (bytes: number) => void,
  signal: AbortSignal,
): Promise<void> {
  async function* body(): AsyncGenerator<Buffer> {
    let bytes = part.start;
    for await (const chunk of readPart(part)) {
      bytes += chunk.length;
      onProgress(bytes);
      yield chunk;
    }
  }
  for (let tries = 1; ; tries++) {
    try {
      await (await client.open(operations.putReportPart, { params: { upload_id: id, number }, body: body() })).json();
      return;
    } catch (error) {
      if (!(error instanceof ServerError) || !passesByItself.has(error.code) || tries === maxTries) throw error;
      await delay(
        error.retryAfterSeconds === undefined ? firstPauseMilliseconds * 2 ** (tries - 1) : error.retryAfterSeconds * 1000,
        undefined,
        { signal },
      );
    }
  }
}

function readPart({ path, start, end }: Part): AsyncIterable<Buffer> {
  return createReadStream(path, { start, end });
}
