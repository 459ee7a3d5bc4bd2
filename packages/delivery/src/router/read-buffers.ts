import type { Socket } from 'node:net';
import { buildConnector } from 'undici';

/** Of a connection that says little; a full one is followed by a large one. */
const smallBytes = 8 * 1024;
const largeBytes = 256 * 1024;
/** What is no longer is copied out, and the buffer is free again at once; what is longer is lent to whoever reads it. */
const copiedBytes = 64 * 1024;
/** One is read into while what is in the other is written. */
const keptBuffers = 2;

interface ReadBuffer {
  readonly bytes: Buffer;
  /** How many of its bytes are lent; 0 when it can be read into. */
  lent: number;
}

/** By the memory that each has to itself. */
const lenders = new WeakMap<ArrayBufferLike, ReadBuffer>();

/**
 * Opens connections that are read in large pieces, into buffers of their own which are used again once `findReturn` told that nobody needs what is in
 * them; making a buffer for each piece is most of what passing a large answer on costs. One that is not returned is left to whoever holds it,
 * and another takes its place.
 */
export function createConnector(options: { readonly timeout: number }): buildConnector.connector {
  return (where, callback) => {
    const connect = buildConnector({ ...options, onread: openReadBuffers(), highWaterMark: largeBytes + 1 } as buildConnector.BuildOptions);
    connect(where, callback);
  };
}

/** For the option of the same name of `net.connect`. */
function openReadBuffers(): { buffer(): Buffer; callback(this: Socket, count: number, bytes: Buffer): boolean } {
  const small = Buffer.allocUnsafeSlow(smallBytes);
  const large: ReadBuffer[] = [];
  let isLarge = false;

  function nextLarge(): Buffer {
    const free = large.find(({ lent }) => lent === 0);
    if (free !== undefined) return free.bytes;
    if (large.length === keptBuffers) large.shift();
    const made = { bytes: Buffer.allocUnsafeSlow(largeBytes), lent: 0 };
    lenders.set(made.bytes.buffer, made);
    large.push(made);
    return made.bytes;
  }

  return {
    buffer: () => (isLarge ? nextLarge() : small),
    callback(count, bytes) {
      isLarge = isLarge ? count > smallBytes : count === smallBytes;
      const read = bytes.subarray(0, count);
      if (count <= copiedBytes) return this.push(Buffer.from(read));
      lenders.get(bytes.buffer)!.lent = count;
      return this.push(read);
    },
  };
}

/** To be called when a piece of what was read is needed no more; undefined when nothing waits for that. */
export function findReturn(piece: Buffer): (() => void) | undefined {
  const lender = lenders.get(piece.buffer);
  // Pieces are done with in their order: the last one tells of all.
  if (lender === undefined || piece.byteOffset + piece.length !== lender.lent) return undefined;
  return () => {
    lender.lent = 0;
  };
}
