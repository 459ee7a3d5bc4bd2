/** The pieces of a content, and what they begin with: at least 512 bytes, unless there are fewer. */
export async function peekPieces(chunks: AsyncIterable<Buffer>): Promise<{ first: Buffer; pieces: AsyncIterable<Buffer> }> {
  const source = chunks[Symbol.asyncIterator]();
  let first: Buffer = Buffer.alloc(0);
  for (let isDone = false; !isDone && first.length < 512;) {
    const { value, done } = await source.next();
    isDone = done === true;
    if (!isDone) first = Buffer.concat([first, value]);
  }
  return { first, pieces: pass() };

  async function* pass(): AsyncGenerator<Buffer> {
    yield first;
    for (let { value, done } = await source.next(); !done; { value, done } = await source.next()) yield value;
  }
}

/** The whole of a content of that size. */
export async function joinPieces(pieces: AsyncIterable<Buffer>, size: number): Promise<Buffer> {
  const content = Buffer.allocUnsafe(size);
  let filled = 0;
  for await (const piece of pieces) filled += piece.copy(content, filled);
  return content;
}
