import type { ReportBytes } from './report-bytes.ts';

const chunkBytes = 512 << 10;

interface Chunk {
  readonly bytes: Buffer;
  readonly position: number;
  readonly count: number;
}

/**
 * The same report for who reads it from one place on to its end: while what was read is worked on, what follows is fetched. It stays open with
 * the report that it is of.
 */
export function readAhead(source: ReportBytes): ReportBytes {
  let chunk: Chunk = { bytes: Buffer.allocUnsafe(0), position: 0, count: 0 };
  let next: { readonly position: number; readonly chunk: Promise<Chunk> } | undefined;

  const fetch = async (bytes: Buffer, position: number): Promise<Chunk> => ({
    bytes,
    position,
    count: await source.read(bytes, position),
  });
  const turnTo = async (position: number): Promise<void> => {
    const spare = chunk.bytes;
    chunk = await (next?.position === position ? next.chunk : fetch(Buffer.allocUnsafe(chunkBytes), position));
    next = undefined;
    if (chunk.count < chunkBytes) return;
    const following = position + chunkBytes;
    next = { position: following, chunk: fetch(spare.length === chunkBytes ? spare : Buffer.allocUnsafe(chunkBytes), following) };
    // Told to who asks for it, if somebody does.
    next.chunk.catch(() => undefined);
  };
  return {
    ...source,
    async read(target, position) {
      let filled = 0;
      while (filled < target.length) {
        const at = position + filled;
        if (at < chunk.position || at >= chunk.position + chunk.count) await turnTo(at);
        const offset = at - chunk.position;
        const copied = chunk.bytes.copy(target, filled, offset, chunk.count);
        if (copied === 0) break;
        filled += copied;
      }
      return filled;
    },
  };
}
