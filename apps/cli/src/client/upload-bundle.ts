import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { operations } from '@deployguard/contracts';
import type { Progress } from '../terminal/progress.ts';
import type { ServerClient } from './server-client.ts';
import { ServerError } from './server-error.ts';

/** Hands a git bundle over, and gives the id under which it can be named. @throws {ServerError} */
export async function uploadBundle(client: ServerClient, file: string, progress: Progress): Promise<string> {
  const { size: total } = await stat(file);
  const hash = createHash('sha256');
  let bytes = 0;
  async function* read(): AsyncGenerator<Buffer> {
    for await (const chunk of createReadStream(file) as AsyncIterable<Buffer>) {
      hash.update(chunk);
      bytes += chunk.length;
      progress.update({ label: 'Uploading', done: bytes, total, bytes });
      yield chunk;
    }
  }
  const uploaded = await client.call(operations.createSource, { body: read() });
  if (uploaded.bytes === bytes && uploaded.sha256 === hash.digest('hex')) return uploaded.id;
  throw new ServerError('UPLOAD_DAMAGED', `${client.url} received something else than was sent. Try again.`);
}
