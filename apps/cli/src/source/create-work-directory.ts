import { lstatSync, readdirSync, readlinkSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CliError } from '../cli-error.ts';
import { describeSystemError, isSystemError } from '../describe-system-error.ts';

/** A private temporary directory. Its name tells whose it is, so that a later run finds out that nobody will remove it any more. */
export interface WorkDirectory extends AsyncDisposable {
  readonly path: string;
}

/**
 * Makes a directory for one command, in the system's temporary one, and removes those that killed commands left there.
 *
 * @throws {CliError} `TEMPORARY_UNUSABLE`
 */
export async function createWorkDirectory(): Promise<WorkDirectory> {
  const parent = tmpdir();
  await removeStale(parent);
  try {
    const path = await mkdtemp(join(parent, `deployguard-${findProcessSpace()}-${process.pid}-`));
    return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true, maxRetries: 3 }) };
  } catch (error) {
    if (!isSystemError(error)) throw error;
    throw new CliError(
      'TEMPORARY_UNUSABLE',
      `Nothing can be written in the temporary directory ${parent}: ${describeSystemError(error)}. Set TMPDIR to another one.`,
    );
  }
}

/** Directories of processes of this user, in this space of process ids, that do not run any more. What cannot be removed is left. */
async function removeStale(parent: string): Promise<void> {
  const own = new RegExp(`^deployguard-${findProcessSpace()}-(\\d+)-\\w{6}$`);
  for (const name of listNames(parent)) {
    const pid = Number(own.exec(name)?.[1] ?? 0);
    if (pid === 0 || pid === process.pid || isRunning(pid)) continue;
    const path = join(parent, name);
    const found = lstatSync(path, { throwIfNoEntry: false });
    if (!found?.isDirectory() || found.uid !== process.getuid?.()) continue;
    await rm(path, { recursive: true, force: true }).catch(() => {});
  }
}

function listNames(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
}

/** Containers may share the directory and count their processes for themselves (pid_namespaces(7)); `0` where there is no such thing. */
function findProcessSpace(): string {
  try {
    return /\d+/.exec(readlinkSync('/proc/self/ns/pid'))?.[0] ?? '0';
  } catch {
    return '0';
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // Another user's process is one that runs.
    return !(isSystemError(error) && error.code === 'ESRCH');
  }
}
