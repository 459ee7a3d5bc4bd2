/** Chunks of one length, the last one shorter or as long, and marked. There is always a last one, if an empty one. */
export async function* cutChunks(
  source: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  chunkBytes: number,
): AsyncGenerator<{ chunk: Buffer; isLast: boolean }> {
  let waiting: Uint8Array[] = [];
  let bytes = 0;
  for await (const piece of source) {
    waiting.push(piece);
    bytes += piece.length;
    // A full chunk waits for what follows it: it may be the last.
    if (bytes <= chunkBytes) continue;
    const joined = Buffer.concat(waiting, bytes);
    let offset = 0;
    for (; bytes - offset > chunkBytes; offset += chunkBytes) yield { chunk: joined.subarray(offset, offset + chunkBytes), isLast: false };
    waiting = [joined.subarray(offset)];
    bytes -= offset;
  }
  yield { chunk: Buffer.concat(waiting, bytes), isLast: true };
}
