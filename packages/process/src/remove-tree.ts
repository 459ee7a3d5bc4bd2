import { rm } from 'node:fs/promises';
import { runProcess } from './run-process.ts';

const env = { PATH: '/usr/local/bin:/usr/bin:/bin', LC_ALL: 'C' };

/**
 * Removes a directory, if it is there, with whatever a stranger's program has left in it: folders in folders until their path is longer than the
 * system takes, or that nobody may enter.
 */
export async function removeTree(path: string): Promise<void> {
  try {
    await rm(path, { recursive: true, force: true, maxRetries: 3 });
  } catch {
    // These go from folder to folder, and need no path. They follow no links.
    await runProcess({ program: 'chmod', args: ['-R', 'u+rwX', '--', path], env });
    const { exitCode, stderr } = await runProcess({ program: 'rm', args: ['-rf', '--', path], env });
    if (exitCode !== 0) throw new Error(`${path} cannot be removed: ${stderr.slice(0, 300)}`);
  }
}
