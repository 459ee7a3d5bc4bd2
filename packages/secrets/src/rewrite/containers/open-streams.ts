import type { UnpackBudget } from '../../detect/unpack/unpack-budget.ts';
import type { Container, ContainerMember } from './container.ts';
import { packStream, unpackStream } from './unpack-stream.ts';
import type { PackOptions } from './unpack-stream.ts';

const zstdMagic = 0x28b52ffd;
const noteMagic = 0x184d2a50;
const levelsOfZlib = [1, 5, 6, 9] as const;
const checksumFlag = 4;

/** The second byte makes the first two a multiple of 31 (RFC 1950 §2.2); without a preset dictionary four are left. */
export function isZlib(content: Buffer): boolean {
  return content.length >= 8 && content[0] === 0x78 && [0x01, 0x5e, 0x9c, 0xda].includes(content[1]!);
}

/** A zlib stream, such as a loose object of git. Two bytes are a weak sign: what does not unpack is none, what is cut off may be none. */
export function openZlib(content: Buffer, budget: UnpackBudget): Container | undefined {
  if (!budget.takeEntry('zlib stream')) return overLimit('zlib');
  const stream = unpackStream('zlib', content, budget);
  if (stream === 'limit') return overLimit('zlib');
  if (stream === 'damaged') return undefined;
  const members = () => [asMember(stream.content)];
  if (!stream.isComplete) return { format: 'cut zlib', members, isTolerant: true };
  return {
    format: 'zlib',
    members,
    rebuild({ contents }) {
      const changed = contents.get(0);
      const packed = changed
        ? packStream('zlib', changed, { level: levelsOfZlib[content[1]! >> 6]! })
        : content.subarray(0, stream.packedBytes);
      return Buffer.concat([packed, content.subarray(stream.packedBytes)]);
    },
  };
}

export function isZstd(content: Buffer): boolean {
  return isFrame(content.subarray(skipNotes(content, 0)));
}

function isFrame(content: Buffer): boolean {
  return content.length >= 9 && content.readUInt32BE(0) === zstdMagic;
}

/** The end of what programs note before and between frames, and readers pass over (RFC 8878 §3.1.2). */
function skipNotes(content: Buffer, start: number): number {
  let end = start;
  while (end + 8 <= content.length && (content.readUInt32LE(end) & 0xfffffff0) >>> 0 === noteMagic)
    end += 8 + content.readUInt32LE(end + 4);
  return end;
}

/** A file of zstd frames (RFC 8878): what they hold together is one member. */
export function openZstd(content: Buffer, budget: UnpackBudget): Container | undefined {
  const parts: Buffer[] = [];
  const start = skipNotes(content, 0);
  let end = start;
  for (let next = start; isFrame(content.subarray(next)); next = skipNotes(content, end)) {
    if (!budget.takeEntry('zstd frame')) return overLimit('zstd');
    const stream = unpackStream('zstd', content.subarray(next), budget);
    if (stream === 'limit') return overLimit('zstd');
    if (stream === 'damaged') break;
    parts.push(stream.content);
    end = next + stream.packedBytes;
  }
  if (parts.length === 0) return undefined;
  const options: PackOptions = { hasChecksum: (content[start + 4]! & checksumFlag) !== 0 };
  return {
    format: 'zstd',
    members: () => [asMember(parts.length === 1 ? parts[0]! : Buffer.concat(parts))],
    rebuild({ contents }) {
      const changed = contents.get(0);
      // Notes between frames are about frames that are no more.
      return changed ? Buffer.concat([content.subarray(0, start), packStream('zstd', changed, options), content.subarray(end)]) : content;
    },
  };
}

function asMember(content: Buffer): ContainerMember {
  return { index: 0, name: '', content, isPlain: false };
}

function overLimit(format: string): Container {
  return { format, members: () => [{ index: 0, name: '', isPlain: false, unread: 'it unpacks to more than the limit' }] };
}
