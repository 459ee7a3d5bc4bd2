import { createReadStream, statSync } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream';
import { createInflate } from 'node:zlib';
import { GitError } from './git-error.ts';
import type { GitObject } from './git-object.ts';
import type { ObjectType } from './object-type.ts';

/** git maps a loose object's whole file into its memory. */
const largeFileBytes = 32 << 20;
const longestHeader = 64;
const chunkBytes = 256 << 10;

/** The file of a loose object, if it is a large one. */
export function findLargeLooseFile(objectDirectories: readonly string[], oid: string): string | undefined {
  return objectDirectories
    .map((directory) => join(directory, oid.slice(0, 2), oid.slice(2)))
    .find((path) => (statSync(path, { throwIfNoEntry: false })?.size ?? 0) > largeFileBytes);
}

/**
 * A loose object piece by piece, read without git: zlib data of `<type> <size>`, a zero byte and the content
 * (https://git-scm.com/book/en/v2/Git-Internals-Git-Objects). Throws `REPOSITORY_BROKEN`, also while its chunks are read.
 */
export async function openLooseObject(path: string, oid: string, signal?: AbortSignal): Promise<GitObject & AsyncDisposable> {
  // What goes wrong with the file ends the reading of what is inflated.
  const inflated = pipeline(
    createReadStream(path, { highWaterMark: chunkBytes, signal }),
    createInflate({ chunkSize: chunkBytes }),
    () => {},
  );
  const pieces = readPieces(inflated, oid, signal);
  const first = await pieces.next();
  const start = first.done === true ? Buffer.alloc(0) : first.value;
  const header = /^(blob|tree|commit|tag) (0|[1-9][0-9]{0,15})\0/.exec(start.toString('latin1', 0, longestHeader));
  if (!header) {
    inflated.destroy();
    throw damaged(oid);
  }
  const size = Number(header[2]);
  const chunks = readContent(start.subarray(header[0].length), pieces, size, oid);
  const close = async (): Promise<void> => void inflated.destroy();
  return { oid, type: header[1] as ObjectType, size, content: undefined, chunks, [Symbol.asyncDispose]: close };
}

async function* readPieces(inflated: AsyncIterable<Buffer>, oid: string, signal: AbortSignal | undefined): AsyncGenerator<Buffer> {
  try {
    yield* inflated;
  } catch {
    signal?.throwIfAborted();
    throw damaged(oid);
  }
}

async function* readContent(first: Buffer, pieces: AsyncIterable<Buffer>, size: number, oid: string): AsyncGenerator<Buffer> {
  let given = first.length;
  yield first;
  for await (const piece of pieces) {
    given += piece.length;
    if (given > size) throw damaged(oid);
    yield piece;
  }
  if (given !== size) throw damaged(oid);
}

function damaged(oid: string): GitError {
  return new GitError(
    'REPOSITORY_BROKEN',
    `Object ${oid} of the repository is damaged, so that not all of it can be read. Run "git fsck" there.`,
  );
}
