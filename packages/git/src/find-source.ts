import { lstat, realpath, stat } from 'node:fs/promises';
import type { Stats } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { GitError } from './git-error.ts';
import { isBundle } from './parse-bundle-header.ts';
import { readPlainFile } from './read-plain-file.ts';

/** What a path turned out to be. */
export type Source = SourceDirectory | { readonly kind: 'bundle'; readonly path: string };

export interface SourceDirectory {
  readonly kind: 'directory';
  /** HEAD and what else belongs to one work tree. */
  readonly gitDir: string;
  /** Objects, refs and settings; the same as `gitDir` unless the path is a linked work tree. */
  readonly commonDir: string;
}

/**
 * Finds the repository at a path: a work tree's top directory, a `.git` directory, a bare repository, a linked work tree or submodule
 * (whose `.git` is a file), or a bundle. Only that path is looked at, never its parents. Throws `NOT_A_REPOSITORY`.
 */
export async function findSource(path: string): Promise<Source> {
  const location = await realpath(path).catch(() => undefined);
  if (location === undefined)
    throw new GitError('NOT_A_REPOSITORY', `There is nothing at ${path}. Name a repository's directory, or a bundle.`);

  if ((await stat(location)).isFile()) {
    if (await isBundle(location)) return { kind: 'bundle', path: location };
    return await followGitFile(location, path);
  }
  const inner = join(location, '.git');
  const kind = await findKind(inner);
  if (kind?.isSymbolicLink()) {
    throw new GitError('REPOSITORY_UNSAFE', `${inner} is a symbolic link. It is not followed; name the repository that it leads to.`);
  }
  if (kind?.isFile()) return await followGitFile(inner, path);
  if (kind?.isDirectory()) return await openGitDirectory(inner, path);
  return await openGitDirectory(location, path);
}

/** `.git` as a file holds one line, `gitdir: <path>` (gitrepository-layout(5)). */
async function followGitFile(file: string, path: string): Promise<SourceDirectory> {
  const text = (await readPlainFile(file))?.subarray(0, 8192).toString('utf8') ?? '';
  const target = /^gitdir: (.+?)\n*$/.exec(text)?.[1];
  if (target === undefined) throw notARepository(path);
  return await openGitDirectory(resolve(dirname(file), target), path);
}

async function openGitDirectory(gitDir: string, path: string): Promise<SourceDirectory> {
  const commonPath = (await readPlainFile(join(gitDir, 'commondir')))?.toString('utf8').replace(/(?<!\n)\n+$/, '');
  const commonDir = commonPath === undefined ? gitDir : resolve(gitDir, commonPath);
  const [head, objects] = await Promise.all([findKind(join(gitDir, 'HEAD')), findKind(join(commonDir, 'objects'))]);
  if (head === undefined || objects === undefined) throw notARepository(path);
  return { kind: 'directory', gitDir, commonDir };
}

function notARepository(path: string): GitError {
  return new GitError(
    'NOT_A_REPOSITORY',
    `${path} is not a git repository. Name the top directory of a work tree, a bare repository, or a bundle.`,
  );
}

async function findKind(path: string): Promise<Stats | undefined> {
  return await lstat(path).catch(() => undefined);
}
