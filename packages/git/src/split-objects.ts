import type { GitObject } from './git-object.ts';
import { GitError } from './git-error.ts';
import type { ObjectType } from './object-type.ts';

const lineFeed = 0x0a;
const maxHeaderBytes = 4096;

/** What `cat-file --batch` answered: an object, or the id of one that it does not have. */
export type Answer = GitObject | { readonly missing: string };

/**
 * Cuts the output of `git cat-file --batch` into objects (format: git-cat-file(1), "BATCH OUTPUT").
 *
 * Objects come in the batches in which they arrived. Content that lies within one read is a view of it; only what spans reads is copied.
 * An object larger than `maxBufferedBytes` comes alone, as chunks, or is passed over without content when `skipLarge` is set.
 */
export async function* splitObjects(
  output: AsyncIterable<Buffer>,
  maxBufferedBytes: number,
  skipLarge = false,
): AsyncGenerator<Answer[], void, undefined> {
  const source = output[Symbol.asyncIterator]();
  let buffer: Buffer = Buffer.alloc(0);
  let position = 0;
  let batch: Answer[] = [];

  while (true) {
    const headerEnd = buffer.indexOf(lineFeed, position);
    if (headerEnd === -1) {
      // About to wait for more: hand out what is complete.
      if (batch.length > 0) {
        yield batch;
        batch = [];
      }
      const rest = buffer.subarray(position);
      if (rest.length > maxHeaderBytes) throw invalidOutput();
      const next = await source.next();
      if (next.done === true) {
        if (rest.length > 0) throw invalidOutput();
        return;
      }
      buffer = rest.length === 0 ? next.value : Buffer.concat([rest, next.value]);
      position = 0;
      continue;
    }

    const header = parseHeader(buffer.toString('latin1', position, headerEnd));
    position = headerEnd + 1;
    if ('missing' in header) {
      batch.push(header);
      continue;
    }
    const { oid, type, size } = header;

    if (position + size < buffer.length) {
      batch.push({ oid, type, size, content: buffer.subarray(position, position + size) });
      position = skipLineFeed(buffer, position + size);
      continue;
    }

    const remainder = buffer.subarray(position);
    if (batch.length > 0) {
      yield batch;
      batch = [];
    }
    const body = readBody(source, remainder, size);
    if (size <= maxBufferedBytes) {
      const content = Buffer.allocUnsafe(size);
      let filled = 0;
      for await (const chunk of body.chunks()) filled += chunk.copy(content, filled);
      batch.push({ oid, type, size, content });
    } else if (skipLarge) {
      batch.push({ oid, type, size, content: undefined });
    } else {
      yield [{ oid, type, size, content: undefined, chunks: body.chunks() }];
    }
    ({ buffer, position } = await body.finish());
  }
}

interface Body {
  /** The content; may be left at any point. */
  chunks(): AsyncIterable<Buffer>;
  /** Passes over what is unread and the line feed behind it; gives what follows. */
  finish(): Promise<{ buffer: Buffer; position: number }>;
}

function readBody(source: AsyncIterator<Buffer>, first: Buffer, size: number): Body {
  let buffer = first;
  let missing = size;
  let isFinished = false;

  async function nextChunk(): Promise<Buffer> {
    if (buffer.length === 0) {
      const next = await source.next();
      if (next.done === true) throw invalidOutput();
      buffer = next.value;
    }
    const chunk = buffer.subarray(0, missing);
    buffer = buffer.subarray(chunk.length);
    missing -= chunk.length;
    return chunk;
  }

  return {
    async *chunks() {
      let given = 0;
      while (given < size) {
        // Silence here would look like a shorter object.
        if (isFinished) throw new GitError('GIT_OUTPUT_INVALID', 'The chunks of an object were read after the next object was asked for.');
        const chunk = await nextChunk();
        given += chunk.length;
        yield chunk;
      }
    },
    async finish() {
      isFinished = true;
      while (missing > 0) await nextChunk();
      while (buffer.length === 0) {
        const next = await source.next();
        if (next.done === true) throw invalidOutput();
        buffer = next.value;
      }
      return { buffer, position: skipLineFeed(buffer, 0) };
    },
  };
}

function parseHeader(line: string): { oid: string; type: ObjectType; size: number } | { missing: string } {
  const [oid = '', type, size, ...more] = line.split(' ');
  if (type === 'missing' && size === undefined) return { missing: oid };
  if (!isObjectType(type) || size === undefined || more.length > 0 || !/^\d{1,15}$/.test(size)) throw invalidOutput();
  return { oid, type, size: Number(size) };
}

function isObjectType(text: string | undefined): text is ObjectType {
  return text === 'blob' || text === 'tree' || text === 'commit' || text === 'tag';
}

function skipLineFeed(buffer: Buffer, position: number): number {
  if (buffer[position] !== lineFeed) throw invalidOutput();
  return position + 1;
}

function invalidOutput(): GitError {
  return new GitError('GIT_OUTPUT_INVALID', 'git cat-file ended early or wrote what it should not: the repository may be damaged.');
}
