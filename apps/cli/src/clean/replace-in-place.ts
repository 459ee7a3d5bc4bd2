import { existsSync, lstatSync } from 'node:fs';
import { access, constants, cp, readdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { findSource, hasStagedChanges, listIndexMarks, type Repository } from '@deployguard/git';
import { buildTemporaryPath, removeLeftOvers } from '@deployguard/secrets';
import { CliError } from '../cli-error.ts';
import type { OpenSource } from '../source/open-source.ts';

/** What belongs to the user and not to the history: it goes along unchanged. */
const keptEntries = ['branches', 'config', 'config.worktree', 'description', 'hooks', 'info', 'lfs', 'modules', 'remotes'];

/** What the cleaned repository has of its own, or what only was about the last command. */
const remadeEntries =
  /^(?:HEAD|objects|refs|packed-refs|logs|index|sharedindex\..*|worktrees|[A-Z]+_HEAD|[A-Z]+_EDITMSG|[A-Z]+_MSG|AUTO_MERGE|gc\.(?:log|pid)|fsmonitor--daemon.*)$/;

/** A repository whose git directory can be swapped for a cleaned one. */
export interface InPlaceTarget {
  /** The git directory to replace. */
  readonly gitDir: string;
  /** Where the original will be kept. */
  readonly backupDirectory: string;
  /** Where the cleaned one has to be written: beside the original, so that a rename puts it in place. */
  readonly newDirectory: string;
  readonly isBare: boolean;
  /** What other tools keep in the git directory, such as keys and caches: it stays in the backup. */
  readonly leftEntries: readonly string[];
}

/**
 * Checks, before any work is done, that the repository can be replaced.
 *
 * @throws {CliError} `USAGE` for a bundle or a linked work tree, where other work trees share the repository, and in the middle of a merge or the like.
 */
export async function findInPlaceTarget(path: string, suffix: string): Promise<InPlaceTarget> {
  const source = await findSource(path);
  if (source.kind === 'bundle') throw new CliError('USAGE', `${path} is a bundle. Clean it into a new one: --output clean.bundle`);
  if (source.gitDir !== source.commonDir || isGitFile(path) || isGitFile(join(path, '.git')))
    throw new CliError('USAGE', `${path} is a linked work tree or a submodule. Clean the repository that it belongs to.`);
  const { gitDir } = source;
  await assertNobodyWorks(path, gitDir);
  const isBare = basename(gitDir) !== '.git';
  const named = isBare ? gitDir.replace(/\.git$/, '') : dirname(gitDir);
  const backupDirectory = `${named}.backup-${suffix}.git`;
  await Promise.all([dirname(gitDir), dirname(backupDirectory)].map((directory) => access(directory, constants.W_OK)));
  await removeLeftOvers(gitDir);
  const leftEntries = (await readdir(gitDir)).filter((name) => !keptEntries.includes(name) && !remadeEntries.test(name)).sort();
  return { gitDir, backupDirectory, newDirectory: buildTemporaryPath(gitDir), isBare, leftEntries };
}

async function assertNobodyWorks(path: string, gitDir: string): Promise<void> {
  if (existsSync(join(gitDir, 'worktrees')) && (await readdir(join(gitDir, 'worktrees'))).length > 0) {
    throw new CliError(
      'USAGE',
      `${path} has linked work trees, which would be cut off. Remove them with \`git worktree remove\`, or clean into another directory.`,
    );
  }
  const busy = unfinishedWork.find((name) => existsSync(join(gitDir, name)));
  if (busy !== undefined)
    throw new CliError('USAGE', `${path} is in the middle of something (${busy}), which would be lost. Finish it or abort it first.`);
}

/**
 * Once more what was checked before the work: somebody may have begun something since.
 *
 * @throws {CliError} `USAGE`
 */
export async function assertStillIdle(target: InPlaceTarget, source: OpenSource): Promise<void> {
  await assertNobodyWorks(source.path!, target.gitDir);
  await assertNothingStaged(target, source);
}

/**
 * The index is made anew, so what was staged would silently not be any more.
 *
 * @throws {CliError} `USAGE`
 */
export async function assertNothingStaged({ isBare }: InPlaceTarget, { repository, path }: OpenSource): Promise<void> {
  if (isBare || !(await hasStagedChanges(repository, path!))) return;
  throw new CliError('USAGE', `${path} has staged changes, which would be lost. Commit them, or unstage them with \`git reset\`.`);
}

/** Files that git keeps in the middle of a merge, a rebase, a bisection, or any change of the index. */
const unfinishedWork = [
  'MERGE_HEAD',
  'CHERRY_PICK_HEAD',
  'REVERT_HEAD',
  'BISECT_LOG',
  'rebase-merge',
  'rebase-apply',
  'sequencer',
  'index.lock',
];

/** `.git` is a file in linked work trees and in submodules, whose settings lead back to where they are. */
function isGitFile(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
}

/**
 * Puts the cleaned repository in the place of the original. The two renames are the only moment without a repository; when the second
 * one fails, the first one is taken back. Files of the work tree are not touched: those that held a secret show as modified.
 */
export async function replaceInPlace(target: InPlaceTarget, source: OpenSource, cleaned: Repository): Promise<void> {
  const { gitDir, backupDirectory, newDirectory } = target;
  await rm(join(newDirectory, 'config'), { force: true });
  for (const entry of keptEntries) {
    if (existsSync(join(gitDir, entry)))
      await cp(join(gitDir, entry), join(newDirectory, entry), { recursive: true, verbatimSymlinks: true });
  }
  if (!target.isBare) await writeIndex(newDirectory, source, cleaned);
  await rename(gitDir, backupDirectory);
  try {
    await rename(newDirectory, gitDir);
  } catch (error) {
    await rename(backupDirectory, gitDir);
    throw error;
  }
}

/**
 * The index of the original names blobs that are gone. Its marks are kept: without them, the files that a sparse checkout leaves out would
 * be taken for deleted.
 */
async function writeIndex(newDirectory: string, source: OpenSource, { head, git }: Repository): Promise<void> {
  if (head === undefined) return;
  const environment = { GIT_INDEX_FILE: join(newDirectory, 'index') };
  await git.run(['read-tree', head], { environment });
  const marks = await listIndexMarks(source.repository, source.path!);
  const files = new Set((await git.run(['ls-files', '-z', '--cached'], { environment })).toString('latin1').split('\0'));
  for (const [option, marked] of [
    ['--skip-worktree', marks.skipped],
    ['--assume-unchanged', marks.assumed],
  ] as const) {
    const present = marked.filter((path) => files.has(path));
    if (present.length === 0) continue;
    const stdin = Buffer.from(present.map((path) => `${path}\0`).join(''), 'latin1');
    // It wants some work tree, and looks at none of its files.
    await git.run([`--work-tree=${newDirectory}`, 'update-index', option, '-z', '--stdin'], { environment, stdin });
  }
}
