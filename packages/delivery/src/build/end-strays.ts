import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { closeControlGroupOf } from '@deployguard/process';

/** The environment variable by which the processes of a build are found. */
export const markName = 'DEPLOYGUARD_BUILD';

/** Its value: the same for all builds in a directory, which are those of one application. */
export function markOfBuilds(buildsDirectory: string): string {
  return createHash('sha256').update(resolve(buildsDirectory)).digest('hex');
}

/**
 * Ends the processes that carry this mark, wherever they went: a build may leave a server behind in a session of its own. Linux only;
 * elsewhere nothing is found.
 */
export async function endStrays(mark: string): Promise<void> {
  // One that is being ended may start another meanwhile.
  for (let times = 0; times < 10; times++) {
    const strays = await listProcesses(mark);
    if (strays.length === 0) return;
    for (const pid of strays) kill(pid);
  }
}

/** Whether anything runs that carries this mark. */
export async function hasStrays(mark: string): Promise<boolean> {
  return (await listProcesses(mark)).length > 0;
}

async function listProcesses(mark: string): Promise<number[]> {
  const wanted = `\0${markName}=${mark}\0`;
  const pids = (await readdir('/proc').catch(() => [])).filter((entry) => /^\d+$/.test(entry));
  const found: number[] = [];
  for (const pid of pids) {
    // Those of others, and those that have just ended, cannot be read. One that is dead and waits for its parent has no environment.
    const environment = await readFile(`/proc/${pid}/environ`, 'latin1').catch(() => '');
    if (`\0${environment}`.includes(wanted)) found.push(Number(pid));
  }
  return found;
}

function kill(pid: number): void {
  closeControlGroupOf(pid);
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It is gone already.
  }
}
