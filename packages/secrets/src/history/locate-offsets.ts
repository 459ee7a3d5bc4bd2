import { readObjects, type Repository } from '@deployguard/git';

/** A place in a text: line and column count from 1, columns count bytes. */
export interface TextPlace {
  readonly line: number;
  readonly column: number;
  /** The whole line, Latin-1, cut at a bound. */
  readonly text: string;
}

const maxLineBytes = 4096;
const lineFeed = 0x0a;

/** Line and column of byte offsets in objects; what cannot be read is left out. */
export async function locateOffsets(
  { git, objectDirectories }: Pick<Repository, 'git' | 'objectDirectories'>,
  wanted: ReadonlyMap<string, ReadonlySet<number>>,
): Promise<Map<string, Map<number, TextPlace>>> {
  const places = new Map<string, Map<number, TextPlace>>();
  for await (const objects of readObjects(git, wanted.keys(), { objectDirectories, isSparse: true })) {
    for (const { oid, content, chunks } of objects) {
      const offsets = [...wanted.get(oid)!].sort((a, b) => a - b);
      if (content) places.set(oid, locateInBuffer(content, offsets));
      else if (chunks) places.set(oid, await locateInChunks(chunks, offsets));
    }
  }
  return places;
}

/** `offsets` ascending. */
export function locateInBuffer(content: Buffer, offsets: readonly number[]): Map<number, TextPlace> {
  const places = new Map<number, TextPlace>();
  let line = 1;
  let lineStart = 0;
  for (const offset of offsets) {
    for (let feed = content.indexOf(lineFeed, lineStart); feed !== -1 && feed < offset; feed = content.indexOf(lineFeed, lineStart)) {
      line++;
      lineStart = feed + 1;
    }
    const feed = content.indexOf(lineFeed, offset);
    const end = Math.min(feed === -1 ? content.length : feed, offset + maxLineBytes);
    places.set(offset, {
      line,
      column: offset - lineStart + 1,
      text: content.toString('latin1', Math.max(lineStart, offset - maxLineBytes), end),
    });
  }
  return places;
}

/** For objects too large to hold: the same without the text. */
async function locateInChunks(chunks: AsyncIterable<Buffer>, offsets: readonly number[]): Promise<Map<number, TextPlace>> {
  const places = new Map<number, TextPlace>();
  let line = 1;
  let lineStart = 0;
  let chunkStart = 0;
  let next = 0;
  for await (const chunk of chunks) {
    const chunkEnd = chunkStart + chunk.length;
    let at = 0;
    while (next < offsets.length && offsets[next]! < chunkEnd) {
      const feed = chunk.indexOf(lineFeed, at);
      if (feed === -1 || chunkStart + feed >= offsets[next]!) {
        places.set(offsets[next]!, { line, column: offsets[next]! - lineStart + 1, text: '' });
        next++;
      } else {
        line++;
        at = feed + 1;
        lineStart = chunkStart + at;
      }
    }
    for (let feed = chunk.indexOf(lineFeed, at); feed !== -1; feed = chunk.indexOf(lineFeed, at)) {
      line++;
      at = feed + 1;
      lineStart = chunkStart + at;
    }
    chunkStart = chunkEnd;
  }
  return places;
}
