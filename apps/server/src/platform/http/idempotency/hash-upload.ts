import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { finished } from 'node:stream/promises';

/** A body that is hashed while somebody reads it. */
export interface HashedUpload {
  readonly body: Readable;
  /** SHA-256 in hexadecimal of what was read: of all of it, once there is no more. */
  digest(): string;
}

/** The boundary between the parts of a form plays no part: clients draw a new one each time. */
export function hashUpload(source: Readable, contentType: string): HashedUpload {
  const hash = createHash('sha256');
  const boundary = findBoundary(contentType);
  async function* pass(): AsyncGenerator<Buffer> {
    let rest: Buffer = Buffer.alloc(0);
    for await (const chunk of source as AsyncIterable<Buffer>) {
      if (boundary === undefined) hash.update(chunk);
      else rest = hashParts(Buffer.concat([rest, chunk]), boundary);
      yield chunk;
    }
    hash.update(rest);
  }

  /** Returns what may be the beginning of a boundary. */
  function hashParts(bytes: Buffer, mark: Buffer): Buffer {
    let from = 0;
    for (let at = bytes.indexOf(mark); at !== -1; at = bytes.indexOf(mark, from)) {
      hash.update(bytes.subarray(from, at));
      from = at + mark.length;
    }
    const kept = Math.min(bytes.length - from, mark.length - 1);
    hash.update(bytes.subarray(from, bytes.length - kept));
    return bytes.subarray(bytes.length - kept);
  }
  return { body: Readable.from(pass(), { objectMode: false }), digest: () => hash.copy().digest('hex') };
}

/** Reads all of it, for nothing else than to know what it is. */
export async function readDigest({ body, digest }: HashedUpload): Promise<string> {
  await finished(body.resume());
  return digest();
}

function findBoundary(contentType: string): Buffer | undefined {
  const [, quoted, plain] = /^multipart\/form-data\s*;.*?\bboundary=(?:"([^"]{1,70})"|([^\s;"]{1,70}))/i.exec(contentType) ?? [];
  const text = quoted ?? plain;
  return text === undefined ? undefined : Buffer.from(`--${text}`, 'latin1');
}
