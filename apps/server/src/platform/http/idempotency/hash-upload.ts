import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { finished } from 'node:stream/promises';

/** A body that is hashed while somebody reads it. */
export interface HashedUpload {
  readonly body: Readable;
  /** SHA-256 in hexadecimal of what was read: of all of it, once there is no more. */
  digest(): string;
}

export function hashUpload(source: Readable): HashedUpload {
  const hash = createHash('sha256');
  async function* pass(): AsyncGenerator<Buffer> {
    for await (const chunk of source as AsyncIterable<Buffer>) {
      hash.update(chunk);
      yield chunk;
    }
  }
  return { body: Readable.from(pass(), { objectMode: false }), digest: () => hash.copy().digest('hex') };
}

/** Reads all of it, for nothing else than to know what it is. */
export async function readDigest({ body, digest }: HashedUpload): Promise<string> {
  await finished(body.resume());
  return digest();
}
