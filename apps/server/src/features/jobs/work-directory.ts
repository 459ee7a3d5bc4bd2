import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, mkdtemp, readdir, rm, stat } from 'node:fs/promises';
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

const prefix = 'deployguard-job-';

export async function createWorkDirectory({ config }: Pick<Platform, 'config'>): Promise<WorkDirectory> {
  const { temporaryDirectory = tmpdir(), hardLimitSeconds } = config.worker;
  await mkdir(temporaryDirectory, { recursive: true });
  const path = await mkdtemp(join(temporaryDirectory, prefix));
  await removeLeftOvers(temporaryDirectory, { now: await changeTimeOf(path), olderThanSeconds: hardLimitSeconds + 600 });
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

/** Of workers that were killed: no attempt lasts as long. The time is that of the files: the clocks of those who share them may differ. */
async function removeLeftOvers(
  directory: string,
  { now, olderThanSeconds }: { readonly now: number; readonly olderThanSeconds: number },
): Promise<void> {
  for (const entry of await readdir(directory, { withFileTypes: true })) {
    if (!entry.isDirectory() || !entry.name.startsWith(prefix)) continue;
    const path = join(directory, entry.name);
    // Another worker may be at it, or it is another user's.
    const changedAt = await changeTimeOf(path).catch(() => Infinity);
    if (now - changedAt > olderThanSeconds * 1000) await rm(path, { recursive: true, force: true }).catch(() => {});
  }
}

async function changeTimeOf(path: string): Promise<number> {
  return (await stat(path)).mtimeMs;
}
