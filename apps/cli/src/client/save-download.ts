import { randomBytes } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { link, lstat, rename, rm } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { CliError } from '../cli-error.ts';
import type { Progress } from '../terminal/progress.ts';
import { describeFailure } from './describe-failure.ts';
import { ServerError } from './server-error.ts';

export interface SaveOptions {
  readonly signal: AbortSignal;
  readonly progress: Progress;
  /** Replaces a file that is there. */
  readonly isForced: boolean;
}

/** @throws {CliError} `OUTPUT_EXISTS` */
export async function assertFree(file: string, isForced: boolean): Promise<void> {
  const found = await lstat(file).catch(() => undefined);
  if (found === undefined || (isForced && !found.isDirectory())) return;
  throw new CliError(
    'OUTPUT_EXISTS',
    `${file} is there already. Name another file with --output${found.isDirectory() ? '' : ', or replace it with --force'}.`,
  );
}

/**
 * Writes an answer's body to a file of the user's own, which takes its name when it is complete: as long as the server said.
 *
 * @returns its size in bytes.
 */
export async function saveDownload(response: Response, file: string, { signal, progress, isForced }: SaveOptions): Promise<number> {
  const total = Number(response.headers.get('content-length') ?? 0);
  const unfinished = `${file}.${randomBytes(6).toString('hex')}.tmp`;
  let bytes = 0;
  async function* count(body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    for await (const chunk of body) {
      bytes += chunk.length;
      progress.update({ label: 'Downloading', done: bytes, total, bytes });
      yield chunk;
    }
  }
  try {
    await pipeline(
      Readable.from(count(response.body!), { objectMode: false }),
      createWriteStream(unfinished, { mode: 0o600, flags: 'wx', flush: true }),
      {
        signal,
      },
    ).catch((error: unknown) => {
      signal.throwIfAborted();
      throw describeFailure(error, 'the server');
    });
    // A compressed answer says how long it is on the way, not unpacked.
    const isWhole = total === 0 || response.headers.has('content-encoding') || bytes === total;
    if (!isWhole) throw new ServerError('SERVER_UNREACHABLE', `The download broke off after ${bytes} of ${total} bytes. Try again.`);
    if (isForced) await rename(unfinished, file);
    // Fails where somebody else was faster.
    else await link(unfinished, file);
    return bytes;
  } finally {
    progress.stop();
    await rm(unfinished, { force: true });
  }
}
