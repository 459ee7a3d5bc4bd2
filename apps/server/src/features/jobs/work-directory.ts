import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream, readFileSync, readlinkSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { removeTree } from '@deployguard/process';
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
  const { temporaryDirectory = tmpdir() } = config.worker;
  await mkdir(temporaryDirectory, { recursive: true });
  const path = await mkdtemp(join(temporaryDirectory, `${prefix}${nameOwner()}-`));
  await removeLostWorkDirectories({ config });
  const file = (name: string): string => join(path, name);
  return {
    path,
    file,
    async save(name, body, signal) {
      await pipeline(body, createWriteStream(file(name), { mode: 0o600, flags: 'wx' }), { signal });
      return file(name);
    },
    read: (name) => createReadStream(file(name)),
    [Symbol.asyncDispose]: () => removeTree(path),
  };
}

/**
 * Removes the work directories of workers that were killed: at once where it can be seen that the worker is gone, else when no attempt lasts as long.
 * The time is that of the files: the clocks of those who share them may differ.
 */
export async function removeLostWorkDirectories({ config }: Pick<Platform, 'config'>): Promise<void> {
  const { temporaryDirectory = tmpdir(), hardLimitSeconds } = config.worker;
  const entries = await readdir(temporaryDirectory, { withFileTypes: true }).catch(() => []);
  const found = entries.filter((entry) => entry.isDirectory() && entry.name.startsWith(prefix));
  // Another worker may be at it, or it is another user's.
  const times = await Promise.all(found.map(({ name }) => changeTimeOf(join(temporaryDirectory, name)).catch(() => Infinity)));
  const now = Math.max(...times.filter(Number.isFinite));
  for (const [index, { name }] of found.entries()) {
    if (!isOwnerGone(name) && now - times[index]! <= (hardLimitSeconds + 600) * 1000) continue;
    await removeTree(join(temporaryDirectory, name)).catch(() => {});
  }
}

async function changeTimeOf(path: string): Promise<number> {
  return (await stat(path)).mtimeMs;
}

/** This process, named so that others who see its directories can tell whether it is still there. */
function nameOwner(): string {
  return `${hereMark()}-${process.pid}-${startTicksOf(process.pid) ?? 0}`;
}

/** False also where it cannot be seen from here. */
function isOwnerGone(directory: string): boolean {
  const [mark, pid, ticks] = directory.slice(prefix.length).split('-');
  return mark === hereMark() && ticks !== '0' && startTicksOf(Number(pid)) !== Number(ticks);
}

/** Of this machine since it was started, and of the processes that can be seen from here; others that share the directory have another one. */
function hereMark(): string {
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'latin1');
    return createHash('sha256')
      .update(`${boot} ${readlinkSync('/proc/self/ns/pid')}`)
      .digest('hex')
      .slice(0, 12);
  } catch {
    return 'elsewhere';
  }
}

/** With the process id, it names one process for good (proc(5)); undefined when there is none. */
function startTicksOf(pid: number): number | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]);
  } catch {
    return undefined;
  }
}
