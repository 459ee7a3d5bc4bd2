import { join } from 'node:path';
import type { ProcessLimits } from '@deployguard/process';
import { createRepositoryDirectory, writeBareRepository } from './create-bare-repository.ts';
import type { RepositoryDirectory } from './create-bare-repository.ts';
import { findExistingObjects } from './find-existing-objects.ts';
import { findObstacles } from './find-obstacles.ts';
import { findSource } from './find-source.ts';
import type { SourceDirectory } from './find-source.ts';
import { createGit } from './git.ts';
import { assertGitVersion } from './git-version.ts';
import { listObjectDirectories } from './list-object-directories.ts';
import { loadHiddenRoots } from './load-hidden-roots.ts';
import { loadRefFile, loadSourceRefs } from './load-source-refs.ts';
import { isObjectId } from './object-type.ts';
import { openBundle } from './open-bundle.ts';
import { parseConfig } from './parse-config.ts';
import { readObjectFormat } from './read-object-format.ts';
import { readPlainFile } from './read-plain-file.ts';
import { isRefName } from './ref-name.ts';
import type { HiddenRoot, Repository } from './repository.ts';

export interface OpenOptions {
  /** Where the fresh repository is made; removed by `close`. */
  readonly workDirectory: string;
  /** Where git is looked up. Default: the system's program directories. */
  readonly searchPath?: string;
  readonly signal?: AbortSignal;
  /** What each git that works on the repository may use; needs `prlimit`. */
  readonly limits?: ProcessLimits;
}

/**
 * Opens what is at a local path (see `findSource`) for reading. git never runs there: its refs are read as data, its objects are borrowed
 * by a fresh repository in `workDirectory`, and its settings are looked at as text for what they say about the format.
 *
 * Throws `GitError`: `NOT_A_REPOSITORY`, `REPOSITORY_UNSUPPORTED` (reftable, unknown extensions), `REPOSITORY_UNSAFE` (symbolic links),
 * `REPOSITORY_BROKEN`, `BUNDLE_INVALID`, `BUNDLE_INCOMPLETE`, `GIT_NOT_FOUND`, `GIT_TOO_OLD`.
 */
export async function openLocalRepository(path: string, options: OpenOptions): Promise<Repository> {
  const source = await findSource(path);
  const directory = await createRepositoryDirectory(options.workDirectory);
  // The source is read while git says its version; what a git says that is too old does not matter.
  const versionCheck = assertGitVersion({ ...options, homeDirectory: directory.homeDirectory });
  const opening =
    source.kind === 'directory'
      ? openDirectory(source, directory, options)
      : versionCheck.then(async () => await openBundle(source.path, directory, options));
  const [version, opened] = await Promise.allSettled([versionCheck, opening]);
  if (version.status === 'fulfilled' && opened.status === 'fulfilled') return opened.value;
  await directory.remove();
  throw version.status === 'rejected' ? version.reason : (opened as PromiseRejectedResult).reason;
}

/** What can be read without git. */
async function loadSource(source: SourceDirectory) {
  const { commonDir } = source;
  const config = parseConfig((await readPlainFile(join(commonDir, 'config')))?.toString('utf8') ?? '');
  const objectFormat = readObjectFormat(config);
  const objectDirectories = await listObjectDirectories(join(commonDir, 'objects'));
  const found = await loadSourceRefs(commonDir);
  const hidden = [...found.invalidTargets, ...(await loadHiddenRoots(source))];
  const shallow = parseShallow(await readPlainFile(join(commonDir, 'shallow')));
  return { config, objectFormat, objectDirectories, found, hidden, shallow };
}

async function openDirectory(
  source: SourceDirectory,
  { gitDir, homeDirectory, remove }: RepositoryDirectory,
  options: OpenOptions,
): Promise<Repository> {
  const { commonDir } = source;
  const { config, objectFormat, objectDirectories, found, hidden, shallow } = await loadSource(source);
  const borrowFrom = objectDirectories.map(({ path }) => path);
  await writeBareRepository(gitDir, { objectFormat, borrowFrom, shallow });

  const git = createGit({ ...options, gitDir, homeDirectory });
  const named = await loadHead(source);
  const targets = [...found.refs, ...hidden].map((root) => root.target);
  const existing = await findExistingObjects(git, new Set(named !== undefined && isObjectId(named) ? [...targets, named] : targets));
  const refs = found.refs.filter((ref) => existing.has(ref.target));
  const hiddenRoots = hidden.filter((root) => existing.has(root.target));
  const isUnborn = named !== undefined && !existing.has(named) && !refs.some((ref) => ref.name === named);
  const head = isUnborn ? undefined : named;
  const unbornHead = isUnborn && isRefName(named) ? named : undefined;
  await writeBareRepository(gitDir, { objectFormat, borrowFrom, shallow, refs, head });

  const invalidRefs = [...found.invalid, ...found.refs.filter((ref) => !existing.has(ref.target)).map((ref) => ref.name)];
  const obstacles = await findObstacles({
    git,
    commonDir,
    config,
    objectDirectories,
    refs,
    invalidRefs,
    isHeadBroken: head === undefined && unbornHead === undefined,
  });
  return {
    gitDir,
    objectDirectories: borrowFrom,
    objectFormat,
    git,
    refs,
    head,
    ...(unbornHead !== undefined && { unbornHead }),
    hiddenRoots: hiddenRoots.map(({ name, target }): HiddenRoot => ({ name, target })),
    obstacles,
    close: remove,
    [Symbol.asyncDispose]: remove,
  };
}

function parseShallow(content: Buffer | undefined): string[] {
  return (content?.toString('latin1') ?? '').split('\n').filter((line) => isObjectId(line));
}

/** A ref's name or an object id. */
async function loadHead({ gitDir }: SourceDirectory): Promise<string | undefined> {
  const value = await loadRefFile(Buffer.from(join(gitDir, 'HEAD')));
  return value && ('target' in value ? value.target : value.symbolicTarget);
}
