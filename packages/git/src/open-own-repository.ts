import { join } from 'node:path';
import { writeBareRepository } from './create-bare-repository.ts';
import type { RepositoryDirectory } from './create-bare-repository.ts';
import { findExistingObjects } from './find-existing-objects.ts';
import { findObstacles } from './find-obstacles.ts';
import type { Git } from './git.ts';
import { listObjectDirectories } from './list-object-directories.ts';
import type { ObjectFormat } from './object-type.ts';
import { isRefName } from './ref-name.ts';
import type { Ref, Repository } from './repository.ts';

export interface OwnRepositoryFacts {
  readonly objectFormat: ObjectFormat;
  readonly refs: readonly Ref[];
  readonly head: string | undefined;
  /** The ref that HEAD points to when it does not exist. */
  readonly unbornHead?: string;
  /** Names that were found among the refs and lead nowhere. */
  readonly invalidRefs?: readonly string[];
  /** Settings of whoever made it that tell of missing objects. */
  readonly config?: ReadonlyMap<string, readonly string[]>;
}

/** Makes a repository of a directory of ours that holds its objects already: writes refs, HEAD and settings as data. */
export async function openOwnRepository(directory: RepositoryDirectory, git: Git, facts: OwnRepositoryFacts): Promise<Repository> {
  const { gitDir } = directory;
  const { objectFormat, head } = facts;
  const existing = await findExistingObjects(git, new Set(facts.refs.map((ref) => ref.target)));
  const refs = facts.refs.filter((ref) => isRefName(ref.name) && existing.has(ref.target));
  await writeBareRepository(gitDir, { objectFormat, refs, head });

  const objectDirectories = await listObjectDirectories(join(gitDir, 'objects'));
  const invalidRefs = [...(facts.invalidRefs ?? []), ...facts.refs.filter((ref) => !refs.includes(ref)).map((ref) => ref.name)];
  const config = facts.config ?? new Map<string, string[]>();
  return {
    gitDir,
    objectDirectories: objectDirectories.map((place) => place.path),
    objectFormat,
    git,
    refs,
    head,
    ...(facts.unbornHead !== undefined && { unbornHead: facts.unbornHead }),
    hiddenRoots: [],
    obstacles: await findObstacles({ git, commonDir: gitDir, config, objectDirectories, refs, invalidRefs, isHeadBroken: false }),
    close: directory.remove,
    [Symbol.asyncDispose]: directory.remove,
  };
}
