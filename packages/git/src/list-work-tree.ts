import { constants } from 'node:fs';
import { copyFile, lstat, readdir, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import { copyExclusions } from './copy-exclusions.ts';
import { findHeadTarget } from './find-head-target.ts';
import { findSource } from './find-source.ts';
import { GitError } from './git-error.ts';
import { readPlainFile } from './read-plain-file.ts';
import type { Repository } from './repository.ts';

/** A file whose staged content differs from HEAD. */
export interface StagedFile {
  readonly blob: string;
  /** Latin-1, one character a byte. */
  readonly path: string;
}

/** Room for a million files; HEAD may pretend to have any number. */
const maxDiffMemoryBytes = 512 * 1024 * 1024;
const statusTimeoutSeconds = 60;

/** What would be committed: files in the index of the work tree at `path` that HEAD does not hold so. Deletions are left out. */
export async function listStagedFiles(repository: Repository, path: string): Promise<StagedFile[]> {
  await copyIndex(repository, path);
  const base = await findBase(repository);
  const output = await repository.git.run(
    ['diff-index', '--cached', '--raw', '-z', '--no-renames', '--no-abbrev', '--diff-filter=d', base, '--'],
    { maxMemoryBytes: maxDiffMemoryBytes },
  );
  const tokens = output.toString('latin1').split('\0');
  const files: StagedFile[] = [];
  for (let i = 0; i + 1 < tokens.length; i += 2) {
    const [, mode = '', , blob = ''] = tokens[i]!.split(' ');
    if (mode !== '160000') files.push({ blob, path: tokens[i + 1]! });
  }
  return files;
}

/** Whether anything in the index of the work tree at `path` is not as HEAD has it: also what is to be deleted, and sub-modules. */
export async function hasStagedChanges(repository: Repository, path: string): Promise<boolean> {
  await copyIndex(repository, path);
  const base = await findBase(repository);
  const output = await repository.git.run(['diff-index', '--cached', '--raw', '-z', '--no-renames', base, '--'], {
    maxMemoryBytes: maxDiffMemoryBytes,
  });
  return output.length > 0;
}

/** Files of the work tree at `path`, tracked or not; what `.gitignore` and `.git/info/exclude` exclude only when it is tracked. Latin-1 paths, sorted. */
export async function listWorkingFiles(repository: Repository, path: string): Promise<string[]> {
  await copyIndex(repository, path);
  await copyExclusions(repository.gitDir, path);
  const output = await repository.git.run([`--work-tree=${path}`, 'ls-files', '-z', '--cached', '--others', '--exclude-standard']);
  return [...new Set(output.toString('latin1').split('\0'))].filter((file) => file !== '').sort();
}

/**
 * What the last commit does not have as the work tree at `path` has it: files that were changed, deleted or staged, and new files and folders that are not
 * ignored. Sub-modules are left out: to look at one, git would go by its settings. Latin-1 paths.
 */
export async function listUncommitted(repository: Repository, path: string): Promise<string[]> {
  await copyIndex(repository, path);
  await copyExclusions(repository.gitDir, path);
  const { unbornHead } = repository;
  // Its HEAD is what the index is compared with.
  if (unbornHead === undefined && findHeadTarget(repository) === undefined) return [];
  const output = await repository.git.run(
    [`--work-tree=${path}`, 'status', '--porcelain', '-z', '--no-renames', '--untracked-files=normal', '--ignore-submodules=all'],
    { maxMemoryBytes: maxDiffMemoryBytes, timeoutSeconds: statusTimeoutSeconds },
  );
  // `XY <path>`
  return output
    .toString('latin1')
    .split('\0')
    .filter(Boolean)
    .map((entry) => entry.slice(3));
}

/**
 * What git would store of a file of a work tree, but for filters: of a symbolic link, where it leads. No link on the way is followed: one could
 * lead anywhere. `undefined` for anything else than files and links. `path` is Latin-1 and relative.
 */
export async function readWorkingFile(workTree: string, path: string): Promise<Buffer | undefined> {
  const steps = path.split('/');
  if (steps.includes('..') || steps.includes('')) return undefined;
  let at = Buffer.from(workTree);
  for (const step of steps.slice(0, -1)) {
    at = Buffer.concat([at, Buffer.from('/'), Buffer.from(step, 'latin1')]);
    if (!(await lstat(at).catch(() => undefined))?.isDirectory()) return undefined;
  }
  const file = Buffer.concat([at, Buffer.from('/'), Buffer.from(steps.at(-1)!, 'latin1')]);
  const found = await lstat(file).catch(() => undefined);
  if (found?.isSymbolicLink()) return await readlink(file, { encoding: 'buffer' }).catch(() => undefined);
  return found?.isFile() ? await readPlainFile(file) : undefined;
}

/** Marks that a user or a sparse checkout set in an index, by Latin-1 paths. */
export interface IndexMarks {
  /** Files that are meant to be missing from the work tree (`skip-worktree`). */
  readonly skipped: readonly string[];
  /** Files whose changes git does not look for (`assume-unchanged`). */
  readonly assumed: readonly string[];
}

/** The marks of the index of the work tree at `path` (`git ls-files -v`). */
export async function listIndexMarks(repository: Repository, path: string): Promise<IndexMarks> {
  await copyIndex(repository, path);
  const output = await repository.git.run(['ls-files', '-v', '-z', '--cached']);
  const lines = output.toString('latin1').split('\0');
  const listMarked = (mark: RegExp): string[] => lines.filter((line) => mark.test(line)).map((line) => line.slice(2));
  return { skipped: listMarked(/^[Ss] /), assumed: listMarked(/^[a-z] /) };
}

/** What the next commit is compared with: before the first one, the empty tree. */
async function findBase(repository: Repository): Promise<string> {
  const head = findHeadTarget(repository);
  if (head !== undefined) return head;
  return (await repository.git.run(['hash-object', '-t', 'tree', '--stdin'], { stdin: new Uint8Array() })).toString('latin1').trim();
}

/** git reads the index from our repository: its own settings apply, and what it refreshes changes nothing in the source. */
async function copyIndex(repository: Repository, path: string): Promise<void> {
  const source = await findSource(path);
  if (source.kind !== 'directory') throw new GitError('NOT_A_REPOSITORY', `${path} has no work tree: a bundle holds commits alone.`);
  for (const name of await readdir(source.gitDir)) {
    if (name !== 'index' && !/^sharedindex\.[0-9a-f]+$/.test(name)) continue;
    if ((await lstat(join(source.gitDir, name))).isFile())
      await copyFile(join(source.gitDir, name), join(repository.gitDir, name), constants.COPYFILE_FICLONE);
  }
}
