import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Git, ObjectType } from '@deployguard/git';
import { ProofError } from './proof-error.ts';

export interface ObjectHead {
  readonly oid: string;
  readonly type: ObjectType;
  /** Bytes. */
  readonly size: number;
}

export interface ObjectVisitor {
  /** `content` is the reader's own memory: it holds the object during the call only. */
  onObject(head: ObjectHead, content: Buffer): void;
  /** For an object larger than `maxBufferedBytes`: takes its pieces as they come, each valid during the call only. */
  onLargeObject(head: ObjectHead): { onPiece(piece: Buffer): void; onEnd(): void };
  onMissing(oid: string): void;
}

export interface VisitOptions {
  readonly maxBufferedBytes: number;
  readonly signal?: AbortSignal;
}

const lineFeed = 0x0a;
const maxHeadBytes = 200;

/**
 * Reads objects through `git cat-file --batch` (git-cat-file(1), BATCH OUTPUT) and hands each to the visitor, in the order of the ids.
 *
 * For reading everything once: what does not lie whole in one read is put together in memory that serves all objects. Giving each its
 * own, as a general reader must, was measured to cost more than half of a proof, all of it collecting garbage.
 */
export async function visitObjects(git: Git, oids: Iterable<string>, visitor: ObjectVisitor, options: VisitOptions): Promise<void> {
  const running = git.start(['cat-file', '--batch', '--buffer'], {
    stdin: 'pipe',
    ...(options.signal && { signal: options.signal }),
  });
  // Git's end tells more than the broken pipe that it leaves; a cancelled one rejects `done`.
  const requests = pipeline(Readable.from(joinLines(oids), { objectMode: false }), running.stdin!).catch(() => {});
  const splitter = createSplitter(visitor, options.maxBufferedBytes);
  try {
    for await (const chunk of running.stdout as AsyncIterable<Buffer>) splitter.push(chunk);
  } catch (error) {
    await running.kill();
    throw error;
  }
  const { exitCode } = await running.done;
  await requests;
  if (exitCode !== 0 || !splitter.isBetweenObjects()) throw unreadable();
}

function* joinLines(oids: Iterable<string>): Generator<string> {
  let lines = '';
  for (const oid of oids) {
    lines += `${oid}\n`;
    if (lines.length < 32_768) continue;
    yield lines;
    lines = '';
  }
  if (lines !== '') yield lines;
}

/** The object that is under way, and how much of it (with the line feed behind it) is still to come. */
interface Pending {
  readonly head: ObjectHead;
  readonly sink: ReturnType<ObjectVisitor['onLargeObject']> | undefined;
  missing: number;
}

function createSplitter(visitor: ObjectVisitor, maxBufferedBytes: number): { push(chunk: Buffer): void; isBetweenObjects(): boolean } {
  let memory = Buffer.allocUnsafe(1024 * 1024);
  let headRest: Buffer = Buffer.alloc(0);
  let pending: Pending | undefined;

  return {
    push(chunk) {
      let at = 0;
      while (at < chunk.length) at = pending ? continueObject(pending, chunk, at) : beginObject(chunk, at);
    },
    isBetweenObjects: () => pending === undefined && headRest.length === 0,
  };

  function beginObject(chunk: Buffer, at: number): number {
    const lineEnd = chunk.indexOf(lineFeed, at);
    if (lineEnd === -1) {
      headRest = Buffer.concat([headRest, chunk.subarray(at)]);
      if (headRest.length > maxHeadBytes) throw unreadable();
      return chunk.length;
    }
    const line = headRest.toString('latin1') + chunk.toString('latin1', at, lineEnd);
    headRest = Buffer.alloc(0);
    const head = parseHead(line);
    const start = lineEnd + 1;
    if (typeof head === 'string') {
      visitor.onMissing(head);
      return start;
    }
    const end = start + head.size;
    if (end < chunk.length) {
      if (chunk[end] !== lineFeed) throw unreadable();
      visitor.onObject(head, chunk.subarray(start, end));
      return end + 1;
    }
    const sink = head.size > maxBufferedBytes ? visitor.onLargeObject(head) : undefined;
    if (!sink && memory.length < head.size) memory = Buffer.allocUnsafe(Math.max(head.size, Math.min(2 * memory.length, maxBufferedBytes)));
    pending = { head, sink, missing: head.size + 1 };
    return start;
  }

  function continueObject(object: Pending, chunk: Buffer, at: number): number {
    const { head, sink } = object;
    const contentEnd = Math.min(chunk.length, at + object.missing - 1);
    const piece = chunk.subarray(at, contentEnd);
    if (sink) sink.onPiece(piece);
    else piece.copy(memory, head.size - (object.missing - 1));
    object.missing -= piece.length;
    if (object.missing > 1 || contentEnd === chunk.length) return contentEnd;
    if (chunk[contentEnd] !== lineFeed) throw unreadable();
    pending = undefined;
    if (sink) sink.onEnd();
    else visitor.onObject(head, memory.subarray(0, head.size));
    return contentEnd + 1;
  }
}

/** An object's head, or the id of one that is missing. */
function parseHead(line: string): ObjectHead | string {
  const [, oid = '', type, size] = /^([0-9a-f]{40}|[0-9a-f]{64}) (?:(commit|tree|blob|tag) (\d{1,15})|missing)$/.exec(line) ?? [];
  if (oid === '') throw unreadable();
  return type === undefined ? oid : { oid, type: type as ObjectType, size: Number(size) };
}

function unreadable(): ProofError {
  return new ProofError('SEARCH_FAILED', 'git could not read all objects of the repository: it may be damaged.');
}
