import { crc32 } from 'node:zlib';
import type { UnpackBudget } from '../../detect/unpack/unpack-budget.ts';
import { CannotRepackError } from './container.ts';
import type { Container, ContainerChanges } from './container.ts';
import { packStream, unpackStream } from './unpack-stream.ts';

/** Where the parts of one member's header stand (RFC 1952 §2.3). */
interface Header {
  readonly end: number;
  readonly hasExtra: boolean;
  readonly hasChecksum: boolean;
  /** Ranges without the zero byte behind them. */
  readonly name?: readonly [start: number, end: number];
  readonly comment?: readonly [start: number, end: number];
}

interface Part {
  readonly start: number;
  readonly header: Header;
  /** Where the deflated data ends and checksum and size begin. */
  readonly dataEnd: number;
  readonly content: Buffer;
}

const flagBits = { checksum: 2, extra: 4, name: 8, comment: 16 } as const;
const fixedBytes = 10;
const trailerBytes = 8;

export function isGzip(content: Buffer): boolean {
  return content.length >= fixedBytes + trailerBytes && content.readUIntBE(0, 3) === 0x1f8b08;
}

/** A gzip file: what it holds is one member, even when it is made of several parts. `undefined` when it cannot be read at all. */
export function openGzip(content: Buffer, budget: UnpackBudget): Container | undefined {
  const read = readParts(content, budget);
  if (read === 'damaged') return undefined;
  if (read === 'limit') {
    return { format: 'gzip', members: () => [{ index: 0, name: '', isPlain: false, unread: 'it unpacks to more than the limit' }] };
  }
  const { parts, end, isDamaged } = read;
  const whole = parts.length === 1 ? parts[0]!.content : Buffer.concat(parts.map((part) => part.content));
  return {
    format: 'gzip',
    members: () => [{ index: 0, name: '', content: whole, isPlain: false }],
    rebuild,
  };

  function rebuild(changes: ContainerChanges): Buffer {
    if (isDamaged) throw new CannotRepackError('the gzip file is cut off or damaged');
    const changed = changes.contents.get(0);
    const rest = content.subarray(end);
    if (!changed) return Buffer.concat([...parts.flatMap((part) => [buildHeader(content, part, changes), keptData(part)]), rest]);
    const [first] = parts as [Part];
    // Such as the sizes of blocks that readers jump by: nothing says what an extra field means.
    if (parts.some(({ header }) => header.hasExtra)) throw new CannotRepackError('the gzip file has extra fields (such as those of BGZF)');
    const trailer = Buffer.alloc(trailerBytes);
    trailer.writeUInt32LE(crc32(changed), 0);
    trailer.writeUInt32LE(changed.length, 4);
    const packed = packStream('deflate', changed, { level: levelOf(content[first.start + 8]!) });
    return Buffer.concat([buildHeader(content, first, changes), packed, trailer, rest]);
  }

  function keptData({ header, dataEnd }: Part): Buffer {
    return content.subarray(header.end, dataEnd + trailerBytes);
  }
}

function readParts(content: Buffer, budget: UnpackBudget): { parts: Part[]; end: number; isDamaged: boolean } | 'damaged' | 'limit' {
  const parts: Part[] = [];
  let end = 0;
  while (isGzip(content.subarray(end))) {
    if (!budget.takeEntry('gzip stream')) return 'limit';
    const header = readHeader(content, end);
    const stream = header ? unpackStream('deflate', content.subarray(header.end), budget) : 'damaged';
    if (stream === 'limit') return 'limit';
    // Behind a whole part anything may follow.
    if (!header || stream === 'damaged') return parts.length === 0 ? 'damaged' : { parts, end, isDamaged: false };
    const dataEnd = header.end + stream.packedBytes;
    parts.push({ start: end, header, dataEnd, content: stream.content });
    end = dataEnd + trailerBytes;
    if (!stream.isComplete || end > content.length || content.readUInt32LE(dataEnd) !== crc32(stream.content)) {
      return { parts, end: content.length, isDamaged: true };
    }
  }
  return { parts, end, isDamaged: false };
}

function readHeader(content: Buffer, start: number): Header | undefined {
  const flags = content[start + 3]!;
  const hasExtra = (flags & flagBits.extra) !== 0;
  const hasChecksum = (flags & flagBits.checksum) !== 0;
  let at = start + fixedBytes;
  if (hasExtra) at += at + 2 > content.length ? content.length : 2 + content.readUInt16LE(at);
  const name = flags & flagBits.name ? readText() : undefined;
  const comment = flags & flagBits.comment ? readText() : undefined;
  if (hasChecksum) at += 2;
  return at >= content.length ? undefined : { end: at, hasExtra, hasChecksum, ...(name && { name }), ...(comment && { comment }) };

  function readText(): readonly [number, number] {
    const end = content.indexOf(0, at);
    const range = [at, end === -1 ? content.length : end] as const;
    at = range[1] + 1;
    return range;
  }
}

function buildHeader(content: Buffer, { start, header }: Part, { redactName, redactText }: ContainerChanges): Buffer {
  const parts: Buffer[] = [];
  let copied = start;
  const replace = ([from, to]: readonly [number, number], redact: (text: Buffer) => Buffer | undefined): void => {
    // A zero byte ends the text.
    const text = redact(content.subarray(from, to))?.filter((byte) => byte !== 0);
    if (!text) return;
    parts.push(content.subarray(copied, from), Buffer.from(text));
    copied = to;
  };
  if (header.name) replace(header.name, redactName);
  if (header.comment) replace(header.comment, redactText);
  if (copied === start) return content.subarray(start, header.end);
  const built = Buffer.concat([...parts, content.subarray(copied, header.end)]);
  if (header.hasChecksum) built.writeUInt16LE(crc32(built.subarray(0, -2)) & 0xffff, built.length - 2);
  return built;
}

/** What the writer said of its effort: 2 the most, 4 the least. */
function levelOf(extraFlags: number): number {
  return extraFlags === 2 ? 9 : extraFlags === 4 ? 1 : 6;
}
