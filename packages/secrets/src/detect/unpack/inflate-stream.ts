import { constants, gunzipSync, inflateRawSync, inflateSync, zstdDecompressSync } from 'node:zlib';
import type { UnpackBudget } from './unpack-budget.ts';

const decompressors = {
  gzip: (packed: Buffer, maxOutputLength: number) => gunzipSync(packed, { maxOutputLength, finishFlush: constants.Z_SYNC_FLUSH }),
  zlib: (packed: Buffer, maxOutputLength: number) => inflateSync(packed, { maxOutputLength, finishFlush: constants.Z_SYNC_FLUSH }),
  deflate: (packed: Buffer, maxOutputLength: number) => inflateRawSync(packed, { maxOutputLength, finishFlush: constants.Z_SYNC_FLUSH }),
  zstd: (packed: Buffer, maxOutputLength: number) => zstdDecompressSync(packed, { maxOutputLength }),
} as const;

export type StreamForm = keyof typeof decompressors;

/** Unpacks one stream within the budget; a stream that ends early gives what it holds. `undefined`, after a report, when it cannot be read. */
export function inflateStream(packed: Buffer, form: StreamForm, what: string, budget: UnpackBudget): Buffer | undefined {
  const allowance = budget.allowance(packed.length);
  if (allowance === 0) {
    budget.skip(what, 'the limit on unpacked bytes is reached');
    return undefined;
  }
  try {
    const content = decompressors[form](packed, allowance);
    budget.spend(content.length);
    return content;
  } catch (error) {
    const isTooLarge = error instanceof RangeError;
    // What was unpacked before the limit struck has cost as much as if it had been kept.
    if (isTooLarge) budget.spend(allowance);
    budget.skip(what, isTooLarge ? `it unpacks to more than ${allowance} bytes` : `its ${form} data is damaged`);
    return undefined;
  }
}
