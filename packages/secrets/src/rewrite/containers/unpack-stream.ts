import { constants, deflateRawSync, deflateSync, inflateRawSync, inflateSync, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import type { UnpackBudget } from '../../detect/unpack/unpack-budget.ts';

export type StreamForm = 'deflate' | 'zlib' | 'zstd';

export interface UnpackedStream {
  readonly content: Buffer;
  /** How much of the input it takes up. */
  readonly packedBytes: number;
  /** False when it ends early. */
  readonly isComplete: boolean;
}

/** What a damaged stream counts, which may have been unpacked for long before it broke. */
const damagedBytes = 4 * 1024 * 1024;

/** Larger steps than zlib's own 16 KiB, of which the whole is put together at the end. */
const chunkSize = 256 * 1024;

/**
 * Unpacks the stream that the input begins with; of one that is cut off, what it holds. Gives what is the matter when it is none
 * (`damaged`), or holds more than the budget allows (`limit`).
 */
export function unpackStream(form: StreamForm, packed: Buffer, budget: UnpackBudget): UnpackedStream | 'damaged' | 'limit' {
  const maxOutputLength = budget.allowance(packed.length);
  if (maxOutputLength === 0) return 'limit';
  for (const isComplete of [true, false]) {
    try {
      const { buffer: content, engine } = decompress(form, packed, maxOutputLength, isComplete);
      budget.spend(content.length);
      return { content, packedBytes: engine.bytesWritten, isComplete };
    } catch (error) {
      if (error instanceof RangeError) {
        budget.spend(maxOutputLength);
        return 'limit';
      }
      if ((error as NodeJS.ErrnoException).code !== 'Z_BUF_ERROR') break;
    }
  }
  budget.spend(Math.min(maxOutputLength, damagedBytes));
  return 'damaged';
}

interface Decompressed {
  readonly buffer: Buffer;
  readonly engine: { readonly bytesWritten: number };
}

function decompress(form: StreamForm, packed: Buffer, maxOutputLength: number, isComplete: boolean): Decompressed {
  const finish = isComplete ? {} : { finishFlush: constants.Z_SYNC_FLUSH };
  const options = { maxOutputLength, chunkSize, info: true, ...finish };
  // What `info` makes of the result is not in the types.
  const unpacked: unknown =
    form === 'deflate'
      ? inflateRawSync(packed, options)
      : form === 'zlib'
        ? inflateSync(packed, options)
        : zstdDecompressSync(packed, { maxOutputLength, chunkSize, info: true });
  return unpacked as Decompressed;
}

export interface PackOptions {
  /** Of deflate. */
  readonly level?: number;
  /** Whether a frame of zstd ends with a checksum. */
  readonly hasChecksum?: boolean;
}

/** Packs content: the same bytes for the same content, whenever and wherever. */
export function packStream(form: StreamForm, content: Buffer, options: PackOptions = {}): Buffer {
  const { level = 6, hasChecksum = false } = options;
  switch (form) {
    case 'deflate':
      return deflateRawSync(content, { level });
    case 'zlib':
      return deflateSync(content, { level });
    case 'zstd':
      return zstdCompressSync(content, {
        params: { [constants.ZSTD_c_checksumFlag]: hasChecksum ? 1 : 0 },
        pledgedSrcSize: content.length,
      });
  }
}
