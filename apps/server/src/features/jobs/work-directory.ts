import { createReadStream, createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Platform } from '../../feature.ts';

/** A private directory for one attempt; it goes with whatever is in it. */
export interface WorkDirectory extends AsyncDisposable {
  readonly path: string;
  /** The path of a file in it. */
  file(name: string): string;
  save(name: string, body: Readable, signal: AbortSignal): Promise<string>;
  read(name: string): Readable;
}

export async function createWorkDirectory({ config }: Pick<Platform, 'config'>): Promise<WorkDirectory> {
  const path = await mkdtemp(join(config.worker.temporaryDirectory ?? tmpdir(), 'deployguard-job-'));
  const file = (name: string): string => join(path, name);
  return {
    path,
    file,
    async save(name, body, signal) {
      await pipeline(body, createWriteStream(file(name), { mode: 0o600, flags: 'wx' }), { signal });
      return file(name);
    },
    read: (name) => createReadStream(file(name)),
    [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true, maxRetries: 3 }),
  };
}
