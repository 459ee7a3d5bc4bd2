import { runBareGit } from './git.ts';
import type { GitOptions } from './git.ts';
import { GitError } from './git-error.ts';

/** The oldest git that has the settings this package leans on (`safe.bareRepository`, `cat-file --batch-command`). */
const oldestGitVersion = [2, 39, 0] as const;

/** Throws `GIT_TOO_OLD` when the installed git is older than 2.39. */
export async function assertGitVersion(options: Omit<GitOptions, 'gitDir'>): Promise<void> {
  const text = (await runBareGit(['version'], options)).toString('latin1').trim();
  if (isRecentEnough(text)) return;
  throw new GitError('GIT_TOO_OLD', `This git is too old or not known: "${text}". Install git ${oldestGitVersion.join('.')} or newer.`);
}

/** Whether `git version`'s answer names a version that is new enough. */
export function isRecentEnough(versionText: string): boolean {
  const numbers = /^git version (\d+)\.(\d+)(?:\.(\d+))?/
    .exec(versionText)
    ?.slice(1, 4)
    .map((digits) => Number(digits ?? 0));
  if (numbers === undefined) return false;
  const difference = oldestGitVersion.findIndex((wanted, index) => numbers[index] !== wanted);
  return difference === -1 || numbers[difference]! > oldestGitVersion[difference]!;
}
