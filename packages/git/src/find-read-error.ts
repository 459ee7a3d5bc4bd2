import type { RunningProcess } from '@deployguard/process';
import { GitError } from './git-error.ts';
import { stripControl } from './strip-control.ts';

/**
 * What went wrong with a `cat-file` whose output ended: how git itself ended tells more than the output that broke because of it.
 * `undefined` when git is content; its `ProcessError` when it was cancelled or killed.
 */
export async function findReadError(running: RunningProcess): Promise<unknown> {
  // Still writing: then the reader gave up, not git.
  if (!running.stdout.readableEnded) return undefined;
  try {
    const { exitCode, stderr } = await running.done;
    if (exitCode === 0) return undefined;
    const details = stripControl(stderr).trim();
    return new GitError(
      'REPOSITORY_BROKEN',
      'An object of the repository is damaged, so that not all of it can be read. Run "git fsck" there.',
      {
        details,
      },
    );
  } catch (error) {
    return error;
  }
}
