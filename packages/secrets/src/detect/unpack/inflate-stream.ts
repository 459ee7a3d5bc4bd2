import { constants, inflateRawSync, inflateSync, zstdDecompressSync } from 'node:zlib';
import type { UnpackBudget } from './unpack-budget.ts';

const finishFlush = constants.Z_SYNC_FLUSH;

/** A stream that ends early gives what it holds. */
const decompressors = {
  deflate: (packed: Buffer, maxOutputLength: number): unknown => inflateRawSync(packed, { maxOutputLength, finishFlush, info: true }),
  zlib: (packed: Buffer, maxOutputLength: number): unknown => inflateSync(packed, { maxOutputLength, finishFlush, info: true }),
  zstd: (packed: Buffer, maxOutputLength: number): unknown =>
    zstdDecompressSync(packed, { maxOutputLength, finishFlush: constants.ZSTD_e_continue, info: true }),
} as const;

export type StreamForm = keyof typeof decompressors | 'gzip';

/** How a part of a file of several begins: RFC 1952, RFC 8878. */
const partStarts = { gzip: Buffer.from('1f8b08', 'hex'), zstd: Buffer.from('28b52ffd', 'hex') } as const;

/**
 * Unpacks a stream within the budget; one that ends early gives what it holds, one of several parts (gzip members, zstd frames) what all of
 * them hold, whatever stands between them. `undefined`, after a report, when nothing of it can be read.
 */
export function inflateStream(packed: Buffer, form: StreamForm, what: string, budget: UnpackBudget): Buffer | undefined {
  if (form !== 'gzip' && form !== 'zstd') return inflatePart(packed, form, form, what, budget)?.content;
  const contents: Buffer[] = [];
  for (let at = packed.indexOf(partStarts[form]); at !== -1;) {
    if (contents.length > 0 && !budget.takeEntry(what)) break;
    const dataAt = form === 'gzip' ? findGzipData(packed, at) : at;
    const part = inflatePart(packed.subarray(dataAt), form === 'gzip' ? 'deflate' : form, form, what, budget);
    if (!part) break;
    contents.push(part.content);
    at = packed.indexOf(partStarts[form], dataAt + Math.max(1, part.packedBytes));
  }
  return contents.length > 1 ? Buffer.concat(contents) : contents[0];
}

function inflatePart(
  packed: Buffer,
  form: keyof typeof decompressors,
  shownForm: StreamForm,
  what: string,
  budget: UnpackBudget,
): { content: Buffer; packedBytes: number } | undefined {
  const allowance = budget.allowance(packed.length);
  if (allowance === 0) {
    budget.skip(what, 'the limit on unpacked bytes is reached');
    return undefined;
  }
  if (packed.length === 0) {
    budget.skip(what, `its ${shownForm} data is damaged`);
    return undefined;
  }
  try {
    // What `info` makes of the result is not in the types.
    const { buffer, engine } = decompressors[form](packed, allowance) as { buffer: Buffer; engine: { bytesWritten: number } };
    budget.spend(buffer.length);
    return { content: buffer, packedBytes: engine.bytesWritten };
  } catch (error) {
    const isTooLarge = error instanceof RangeError;
    // What was unpacked before the limit struck has cost as much as if it had been kept.
    if (isTooLarge) budget.spend(allowance);
    budget.skip(what, isTooLarge ? `it unpacks to more than ${allowance} bytes` : `its ${shownForm} data is damaged`);
    return undefined;
  }
}

const gzipFlags = { checksum: 2, extra: 4, name: 8, comment: 16 } as const;
const gzipHeaderBytes = 10;

/** Where the data of a gzip member begins, behind its header (RFC 1952 §2.3). */
function findGzipData(packed: Buffer, start: number): number {
  const flags = packed[start + 3] ?? 0;
  let at = start + gzipHeaderBytes;
  if (flags & gzipFlags.extra) at += 2 + (at + 2 <= packed.length ? packed.readUInt16LE(at) : 0);
  for (const flag of [gzipFlags.name, gzipFlags.comment]) {
    if ((flags & flag) === 0) continue;
    const end = packed.indexOf(0, at);
    at = end === -1 ? packed.length : end + 1;
  }
  return at + (flags & gzipFlags.checksum ? 2 : 0);
}
