import { gunzipSync, inflateRawSync, zstdDecompressSync } from 'node:zlib';

const maxMemberBytes = 64 * 1024 * 1024;
const maxMembers = 10_000;
const maxDepth = 3;
const minArchiveBytes = 18;
const gzipMagic = 0x1f8b;
const zstdMagic = 0x28b52ffd;
const zipMagic = 0x504b0304;

type Contains = (content: Uint8Array) => boolean;

/** Whether the content begins as a file does that `searchArchive` looks into. */
export function isArchive(content: Buffer): boolean {
  if (content.length < minArchiveBytes) return false;
  const magic = content.readUInt32BE(0);
  return magic >>> 16 === gzipMagic || magic === zstdMagic || magic === zipMagic;
}

/**
 * Looks into a gzip, zstd or zip file. Gives the kind and member in which a value stands, such as `zip: keys/id_rsa`; `undefined` when
 * there is none, it is no such file, or it cannot be unpacked within limits.
 */
export function searchArchive(content: Buffer, contains: Contains, depth = 0): string | undefined {
  if (depth >= maxDepth || content.length < minArchiveBytes) return undefined;
  const magic = content.readUInt32BE(0);
  if (magic >>> 16 === gzipMagic)
    return searchMember(
      'gzip',
      unpack(() => gunzipSync(content, { maxOutputLength: maxMemberBytes })),
      contains,
      depth,
    );
  if (magic === zstdMagic)
    return searchMember(
      'zstd',
      unpack(() => zstdDecompressSync(content, { maxOutputLength: maxMemberBytes })),
      contains,
      depth,
    );
  if (magic === zipMagic) return searchZip(content, contains, depth);
  return undefined;
}

function searchMember(name: string, member: Buffer | undefined, contains: Contains, depth: number): string | undefined {
  if (!member) return undefined;
  if (contains(member)) return name;
  const inner = searchArchive(member, contains, depth + 1);
  return inner && `${name}: ${inner}`;
}

/** By the central directory at the end (APPNOTE.TXT §4.3.12), as every reader of zip files does. */
function searchZip(content: Buffer, contains: Contains, depth: number): string | undefined {
  const end = content.lastIndexOf('PK\x05\x06', undefined, 'latin1');
  if (end === -1 || end + 22 > content.length) return undefined;
  let at = content.readUInt32LE(end + 16);
  for (let member = 0; member < maxMembers && at + 46 <= content.length && content.readUInt32LE(at) === 0x02014b50; member++) {
    const method = content.readUInt16LE(at + 10);
    const nameEnd = at + 46 + content.readUInt16LE(at + 28);
    const found = searchMember('zip', readZipMember(content, at, method), contains, depth);
    // The member's name may hold a value itself.
    if (found !== undefined)
      return contains(content.subarray(at + 46, nameEnd)) ? found : `${found}: ${content.toString('utf8', at + 46, nameEnd)}`;
    at = nameEnd + content.readUInt16LE(at + 30) + content.readUInt16LE(at + 32);
  }
  return undefined;
}

function readZipMember(content: Buffer, at: number, method: number): Buffer | undefined {
  const packedBytes = content.readUInt32LE(at + 20);
  const header = content.readUInt32LE(at + 42);
  if (header + 30 > content.length) return undefined;
  const dataAt = header + 30 + content.readUInt16LE(header + 26) + content.readUInt16LE(header + 28);
  const packed = content.subarray(dataAt, dataAt + packedBytes);
  return method === 8 ? unpack(() => inflateRawSync(packed, { maxOutputLength: maxMemberBytes })) : undefined;
}

/** Damaged or too large: as if it were no archive. */
function unpack(action: () => Buffer): Buffer | undefined {
  try {
    return action();
  } catch {
    return undefined;
  }
}
