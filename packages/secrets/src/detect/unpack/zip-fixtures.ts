import { crc32, deflateRawSync } from 'node:zlib';

/** What a doctored archive says instead of the truth. */
export interface ZipFaults {
  readonly flags?: number;
  readonly method?: number;
  /** How often the central directory lists each member. */
  readonly repeatInDirectory?: number;
}

/** A ZIP archive of uncompressed members (APPNOTE.TXT 4.3), for tests. */
export function storedZip(files: Readonly<Record<string, Buffer>>, faults: ZipFaults = {}): Buffer {
  return buildZip(files, (content) => content, faults.method ?? 0, faults);
}

/** The same with deflated members. */
export function deflatedZip(files: Readonly<Record<string, Buffer>>, faults: ZipFaults = {}): Buffer {
  return buildZip(files, (content) => deflateRawSync(content), 8, faults);
}

function buildZip(
  files: Readonly<Record<string, Buffer>>,
  pack: (content: Buffer) => Buffer,
  method: number,
  { flags = 0, repeatInDirectory = 1 }: ZipFaults,
): Buffer {
  const members: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const [name, content] of Object.entries(files)) {
    const packed = pack(content);
    const nameBytes = Buffer.from(name, 'latin1');
    // Version, flags, method, time, date, checksum, sizes, lengths of name and extra field.
    const shared = Buffer.alloc(26);
    shared.writeUInt16LE(20, 0);
    shared.writeUInt16LE(flags, 2);
    shared.writeUInt16LE(method, 4);
    shared.writeUInt32LE(crc32(content), 10);
    shared.writeUInt32LE(packed.length, 14);
    shared.writeUInt32LE(content.length, 18);
    shared.writeUInt16LE(nameBytes.length, 22);
    members.push(Buffer.from('PK\x03\x04', 'latin1'), shared, nameBytes, packed);
    const place = Buffer.alloc(14);
    place.writeUInt32LE(offset, 10);
    const entry = Buffer.concat([Buffer.from('PK\x01\x02\x14\0', 'latin1'), shared, place, nameBytes]);
    for (let i = 0; i < repeatInDirectory; i++) directory.push(entry);
    offset += 30 + nameBytes.length + packed.length;
  }
  const listing = Buffer.concat(directory);
  const end = Buffer.alloc(18);
  end.writeUInt32LE(listing.length, 8);
  end.writeUInt32LE(offset, 12);
  return Buffer.concat([...members, listing, Buffer.from('PK\x05\x06', 'latin1'), end]);
}
