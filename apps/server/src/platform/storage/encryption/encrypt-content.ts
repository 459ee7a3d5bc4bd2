import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import type { Keyring } from '../../keyring/index.ts';
import { StorageError } from '../storage-error.ts';
import { cutChunks } from './cut-chunks.ts';

/*
 * The format, a stream of encrypted chunks after the STREAM construction (Hoang, Reyhanitabar, Rogaway, Vizár: Online Authenticated-Encryption
 * and its Nonce-Reuse Misuse-Resistance, 2015):
 *
 *   "DGE1"  length of the wrapped key (2 bytes, big-endian)  wrapped key  chunk*
 *   chunk:  AES-256-GCM of 64 KiB of content (the last one: of what is left, possibly nothing), its 16-byte tag at the end
 *   nonce:  number of the chunk (11 bytes, big-endian), then 1 for the last chunk, else 0
 *
 * Every object has a data key of its own, so no nonce comes twice under a key. The number makes reordered chunks fail, the mark of the last
 * one makes truncated content fail, and the context that the key was wrapped for makes an object fail that stands under another name.
 */
const magic = Buffer.from('DGE1');
const chunkBytes = 65_536;
const tagBytes = 16;

/** Encrypts content of any length as it comes. `context` says what it is, such as its key in the storage, and must be given again to read it. */
export function encryptContent(body: AsyncIterable<Uint8Array> | Uint8Array, keyring: Keyring, context: string): Readable {
  return Readable.from(encryptChunks(body, keyring, context), { objectMode: false });
}

/**
 * Decrypts what `encryptContent` wrote. Everything that comes out is authentic, but it is the whole content only when the stream ends without
 * an error: `CONTENT_DAMAGED` for what was changed, cut, put together anew, or encrypted for another context. Throws `KeyringError` for a key
 * that is not there any more.
 */
export function decryptContent(body: Readable, keyring: Keyring, context: string): Readable {
  return Readable.from(decryptChunks(body, keyring, context), { objectMode: false });
}

async function* encryptChunks(body: AsyncIterable<Uint8Array> | Uint8Array, keyring: Keyring, context: string): AsyncGenerator<Buffer> {
  const dataKey = randomBytes(32);
  const wrapped = Buffer.from(keyring.wrapKey(dataKey, context));
  const length = Buffer.alloc(2);
  length.writeUInt16BE(wrapped.length);
  yield Buffer.concat([magic, length, wrapped]);
  let number = 0;
  for await (const { chunk, isLast } of cutChunks(body instanceof Uint8Array ? [body] : body, chunkBytes)) {
    const cipher = createCipheriv('aes-256-gcm', dataKey, buildNonce(number++, isLast));
    yield Buffer.concat([cipher.update(chunk), cipher.final(), cipher.getAuthTag()]);
  }
}

async function* decryptChunks(body: Readable, keyring: Keyring, context: string): AsyncGenerator<Buffer> {
  try {
    const { wrapped, rest } = await readHeader(body);
    const dataKey = keyring.unwrapKey(wrapped, context);
    let number = 0;
    for await (const { chunk, isLast } of cutChunks(rest, chunkBytes + tagBytes)) {
      const content = decryptChunk(chunk, dataKey, buildNonce(number++, isLast));
      if (content.length > 0) yield content;
    }
  } finally {
    body.destroy();
  }
}

function decryptChunk(chunk: Buffer, dataKey: Buffer, nonce: Buffer): Buffer {
  if (chunk.length < tagBytes) throw damaged();
  const decipher = createDecipheriv('aes-256-gcm', dataKey, nonce, { authTagLength: tagBytes });
  decipher.setAuthTag(chunk.subarray(-tagBytes));
  try {
    return Buffer.concat([decipher.update(chunk.subarray(0, -tagBytes)), decipher.final()]);
  } catch {
    throw damaged();
  }
}

async function readHeader(body: Readable): Promise<{ wrapped: string; rest: AsyncIterable<Uint8Array> }> {
  const chunks = body[Symbol.asyncIterator]() as AsyncIterator<Uint8Array>;
  let head = Buffer.alloc(0);
  const atLeast = async (bytes: number): Promise<void> => {
    while (head.length < bytes) {
      const { value, done } = await chunks.next();
      if (done) throw damaged();
      head = Buffer.concat([head, value]);
    }
  };
  await atLeast(6);
  const end = 6 + head.readUInt16BE(4);
  if (!head.subarray(0, 4).equals(magic)) throw damaged();
  await atLeast(end);
  return { wrapped: head.toString('latin1', 6, end), rest: continueWith(head.subarray(end), chunks) };
}

async function* continueWith(first: Uint8Array, chunks: AsyncIterator<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield first;
  yield* { [Symbol.asyncIterator]: () => chunks };
}

function buildNonce(number: number, isLast: boolean): Buffer {
  const nonce = Buffer.alloc(12);
  nonce.writeUIntBE(number, 5, 6);
  nonce[11] = isLast ? 1 : 0;
  return nonce;
}

function damaged(): StorageError {
  return new StorageError('CONTENT_DAMAGED', 'A stored file was changed or cut since it was written, and is not used.');
}
