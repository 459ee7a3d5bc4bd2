import { readdirSync, readFileSync, readlinkSync, realpathSync } from 'node:fs';
import { join } from 'node:path';

/** Whether the process is a server, and not one that ended and is only still listed because nobody asked how. */
export function isServer(pid: number): boolean {
  // "pid (name) state …"
  if (process.platform === 'linux') return /^\d+ \(postgres\) [^ZX]/.test(readIfThere(`/proc/${pid}/stat`));
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

/** Process id of the server that runs on these data, as its lock file has it. A server elsewhere may have the id of one that was killed. */
export function findServer(dataDirectory: string): number | undefined {
  const pid = Number.parseInt(readIfThere(join(dataDirectory, 'postmaster.pid')), 10);
  if (!(pid > 0) || !isServer(pid)) return undefined;
  const place = findWorkingDirectory(pid);
  return place === undefined || place === realpathSync(dataDirectory) ? pid : undefined;
}

/**
 * Asks what a killed server has left running to end. It goes on until it next looks for its server, which a long statement does not, and no other
 * server starts while it holds the shared memory.
 */
export function endLeftovers(dataDirectory: string): void {
  if (process.platform !== 'linux') return;
  for (const name of readdirSync('/proc')) {
    const pid = Number(name);
    if (Number.isInteger(pid) && isLeftover(pid, dataDirectory)) sendSignal(pid, 'SIGTERM');
  }
}

/** Only the server has a command line of its own making; what it starts is named "postgres: …". */
function isLeftover(pid: number, dataDirectory: string): boolean {
  if (!isServer(pid) || !readIfThere(`/proc/${pid}/cmdline`).startsWith('postgres: ')) return false;
  const parent = Number(/^\d+ \(postgres\) \S (\d+)/.exec(readIfThere(`/proc/${pid}/stat`))?.[1]);
  return !isServer(parent) && findWorkingDirectory(pid) === realpathSync(dataDirectory);
}

/** Undefined where it cannot be found out. */
function findWorkingDirectory(pid: number): string | undefined {
  try {
    return readlinkSync(`/proc/${pid}/cwd`);
  } catch {
    return undefined;
  }
}

/** To one that may be gone by now. */
export function sendSignal(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

function readIfThere(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
