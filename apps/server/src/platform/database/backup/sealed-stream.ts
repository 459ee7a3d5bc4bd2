import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import { DatabaseError } from '../database-error.ts';

// Layout: "DGBACKUP1", salt (32 bytes), then chunks: length of the text (4 bytes), text, tag (16 bytes). Each chunk's nonce is its number and
// whether it is the last (the STREAM construction of Hoang, Reyhanitabar, Rogaway and Vizár, 2015): none can be changed, moved, repeated or cut off.
const magic = Buffer.from('DGBACKUP1');
const saltBytes = 32;
const tagBytes = 16;
const chunkBytes = 64 * 1024;
const lastMark = 0x8000_0000;

/** Encrypts and authenticates with AES-256-GCM under a key of this stream's own, in bounded memory. `key`: 32 bytes. */
export async function* sealStream(source: AsyncIterable<Uint8Array>, key: Uint8Array): AsyncGenerator<Buffer> {
  const salt = randomBytes(saltBytes);
  const seal = createSealer(deriveKey(key, salt));
  yield Buffer.concat([magic, salt]);
  let waiting: Buffer[] = [];
  let bytes = 0;
  for await (const piece of source) {
    waiting.push(Buffer.from(piece));
    bytes += piece.length;
    if (bytes <= chunkBytes) continue;
    let rest = Buffer.concat(waiting);
    // The last chunk is known only at the end, so one is always held back.
    for (; rest.length > chunkBytes; rest = rest.subarray(chunkBytes)) yield seal(rest.subarray(0, chunkBytes), false);
    [waiting, bytes] = [[rest], rest.length];
  }
  yield seal(Buffer.concat(waiting), true);
}

/** @throws {DatabaseError} BACKUP_UNREADABLE when anything about the stream, or the key, is not as it was; what came before is genuine. */
export async function* openSealedStream(source: AsyncIterable<Uint8Array>, key: Uint8Array): AsyncGenerator<Buffer> {
  const reader = createReader(source);
  const head = await reader.read(magic.length + saltBytes);
  if (head.length < magic.length + saltBytes || !head.subarray(0, magic.length).equals(magic)) {
    throw new DatabaseError('BACKUP_UNREADABLE', 'The file is not a backup of DeployGuard.');
  }
  const open = createOpener(deriveKey(key, head.subarray(magic.length)));
  for (let isLast = false; !isLast;) {
    const header = await reader.read(4);
    if (header.length < 4) throw damaged();
    const mark = header.readUInt32BE();
    isLast = (mark & lastMark) !== 0;
    const length = mark & ~lastMark;
    if (length > chunkBytes) throw damaged();
    const chunk = await reader.read(length + tagBytes);
    if (chunk.length < length + tagBytes) throw damaged();
    yield open(chunk, isLast);
  }
  if ((await reader.read(1)).length > 0) throw damaged();
}

function createSealer(key: Buffer): (text: Buffer, isLast: boolean) => Buffer {
  let number = 0;
  return (text, isLast) => {
    const cipher = createCipheriv('aes-256-gcm', key, buildNonce(number++, isLast));
    const header = Buffer.alloc(4);
    header.writeUInt32BE((text.length | (isLast ? lastMark : 0)) >>> 0);
    return Buffer.concat([header, cipher.update(text), cipher.final(), cipher.getAuthTag()]);
  };
}

function createOpener(key: Buffer): (chunk: Buffer, isLast: boolean) => Buffer {
  let number = 0;
  return (chunk, isLast) => {
    const decipher = createDecipheriv('aes-256-gcm', key, buildNonce(number++, isLast));
    decipher.setAuthTag(chunk.subarray(-tagBytes));
    try {
      return Buffer.concat([decipher.update(chunk.subarray(0, -tagBytes)), decipher.final()]);
    } catch {
      throw damaged();
    }
  };
}

function buildNonce(number: number, isLast: boolean): Buffer {
  const nonce = Buffer.alloc(12);
  nonce.writeBigUInt64BE(BigInt(number), 3);
  nonce[11] = isLast ? 1 : 0;
  return nonce;
}

function deriveKey(key: Uint8Array, salt: Uint8Array): Buffer {
  return Buffer.from(hkdfSync('sha256', key, salt, 'deployguard database backup', 32));
}

function damaged(): DatabaseError {
  return new DatabaseError('BACKUP_UNREADABLE', 'The backup is damaged, cut off, or encrypted with another key. Nothing was restored.');
}

/** Reads exact amounts from pieces of any size; less only at the end. */
function createReader(source: AsyncIterable<Uint8Array>): { read(bytes: number): Promise<Buffer> } {
  const pieces = source[Symbol.asyncIterator]();
  let held = Buffer.alloc(0);
  return {
    async read(bytes) {
      const parts = [held];
      let length = held.length;
      while (length < bytes) {
        const { value, done } = await pieces.next();
        if (done) break;
        parts.push(Buffer.from(value));
        length += value.length;
      }
      const all = Buffer.concat(parts);
      held = all.subarray(bytes);
      return all.subarray(0, bytes);
    },
  };
}
