/** A run of bytes; `end` is exclusive. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/** One header of a commit or tag, with its continuation lines. */
export interface ObjectHeader extends ByteRange {
  /** What stands before the first space; the whole line when there is none. Latin-1. */
  readonly name: string;
  /** The value with its continuation lines as they stand (each begins with a space), without the last line feed. */
  readonly value: ByteRange;
}

/** An object id in a header, in lower-case hex as written. */
export interface OidField extends ByteRange {
  readonly oid: string;
}

const lineFeed = 0x0a;
const space = 0x20;

/**
 * The headers at the top of a commit or tag, and where the message begins: after the first empty line, or at the end when there is none.
 * Headers cover everything before that line byte by byte, whatever it holds. Never throws.
 */
export function parseHeaders(content: Buffer): { headers: ObjectHeader[]; messageStart: number } {
  const headers: ObjectHeader[] = [];
  let start = 0;
  while (start < content.length && content[start] !== lineFeed) {
    let end = endOfLine(content, start);
    while (content[end] === space) end = endOfLine(content, end);
    const valueEnd = content[end - 1] === lineFeed ? end - 1 : end;
    const firstLineEnd = Math.min(endOfLine(content, start), valueEnd);
    const gap = content.subarray(start, firstLineEnd).indexOf(space);
    const nameEnd = gap === -1 ? trimLineFeed(content, start, firstLineEnd) : start + gap;
    headers.push({
      name: content.toString('latin1', start, nameEnd),
      value: { start: Math.min(gap === -1 ? nameEnd : nameEnd + 1, valueEnd), end: valueEnd },
      start,
      end,
    });
    start = end;
  }
  return { headers, messageStart: Math.min(start + 1, content.length) };
}

/** The object id that a header's value is; `undefined` when it is none. */
export function parseOidField(content: Buffer, header: ObjectHeader): OidField | undefined {
  const oid = content.toString('latin1', header.value.start, header.value.end);
  return /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/i.test(oid) ? { oid: oid.toLowerCase(), ...header.value } : undefined;
}

function endOfLine(content: Buffer, from: number): number {
  const at = content.indexOf(lineFeed, from);
  return at === -1 ? content.length : at + 1;
}

function trimLineFeed(content: Buffer, start: number, end: number): number {
  return end > start && content[end - 1] === lineFeed ? end - 1 : end;
}
