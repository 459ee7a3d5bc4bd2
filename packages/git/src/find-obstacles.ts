import { join } from 'node:path';
import type { Git } from './git.ts';
import { GitError } from './git-error.ts';
import { listReachableObjects } from './list-reachable-objects.ts';
import type { ObjectDirectory } from './list-object-directories.ts';
import { readPlainFile } from './read-plain-file.ts';
import { displayName } from './ref-name.ts';
import type { Ref, RepositoryObstacle } from './repository.ts';

export interface SourceFacts {
  readonly git: Git;
  readonly commonDir: string;
  readonly config: ReadonlyMap<string, readonly string[]>;
  readonly objectDirectories: readonly ObjectDirectory[];
  readonly refs: readonly Ref[];
  /** Names among the refs that are none, or that lead to no object. */
  readonly invalidRefs: readonly string[];
  /** HEAD names neither a branch nor an object that is there. */
  readonly isHeadBroken: boolean;
}

/** Everything about a source that stands in the way of taking it as a whole. */
export async function findObstacles(source: SourceFacts): Promise<RepositoryObstacle[]> {
  const { config, objectDirectories, refs, invalidRefs, isHeadBroken } = source;
  const packFiles = objectDirectories.flatMap((directory) => directory.packFiles);
  const replaced = refs.filter((ref) => ref.name.startsWith('refs/replace/')).length;
  // A partial clone may have fetched everything since, and then nothing stands in the way.
  const missing = isPartial(config, packFiles) ? await countMissing(source.git) : '0';
  const obstacles: (RepositoryObstacle | false)[] = [
    (await hasContent(join(source.commonDir, 'shallow'))) && {
      kind: 'shallow',
      message: 'The repository is shallow: older history is not in it. Run "git fetch --unshallow" first.',
    },
    missing !== '0' && {
      kind: 'partial',
      message: `The repository is a partial clone: ${missing} objects are missing that its server would send on demand. Clone it without --filter.`,
    },
    (await hasContent(join(source.commonDir, 'info', 'grafts'))) && {
      kind: 'grafts',
      message: 'info/grafts pretends another history than the commits record. It is ignored; remove it, or make it real with git replace.',
    },
    objectDirectories.length > 1 && {
      kind: 'alternates',
      message: `Objects are borrowed from ${objectDirectories.length - 1} other place(s). What is cleaned here stays there; run "git repack -ad" and remove objects/info/alternates.`,
    },
    replaced > 0 && {
      kind: 'replace-refs',
      message: `${replaced} object(s) are replaced by others (refs/replace). Replacements are ignored and both sides are read.`,
    },
    packFiles.some((file) => file.endsWith('.keep')) && {
      kind: 'kept-packs',
      message: 'Some packs are marked to be kept (.keep): no clean-up in place would remove what they hold.',
    },
    config.get('extensions.preciousobjects')?.at(-1) === 'true' && {
      kind: 'precious-objects',
      message: 'The repository forbids removing objects (extensions.preciousObjects).',
    },
    invalidRefs.length > 0 && {
      kind: 'invalid-refs',
      message: `${invalidRefs.length} ref(s) cannot be read or lead to no object, such as ${displayName(invalidRefs[0]!)}. Delete what is not needed with "git update-ref -d <ref>", or fetch it again.`,
    },
    isHeadBroken && {
      kind: 'broken-head',
      message: 'HEAD leads to nothing that is there. Write "ref: refs/heads/<branch>" into the repository\'s file HEAD.',
    },
  ];
  return obstacles.filter((obstacle) => obstacle !== false);
}

function isPartial(config: SourceFacts['config'], packFiles: readonly string[]): boolean {
  const isPromised = [...config.keys()].some((key) =>
    /^extensions\.partialclone$|^remote\..*\.(?:promisor|partialclonefilter)$/s.test(key),
  );
  return isPromised || packFiles.some((file) => file.endsWith('.promisor'));
}

/** As text, for a walk that cannot be finished counts nothing. */
async function countMissing(git: Git): Promise<string> {
  let count = 0;
  const walk = listReachableObjects(git, { onMissing: () => count++ });
  try {
    for await (const _ of walk);
    return String(count);
  } catch (error) {
    if (error instanceof GitError) return 'some';
    throw error;
  }
}

async function hasContent(path: string): Promise<boolean> {
  return ((await readPlainFile(path))?.toString('latin1') ?? '').trim() !== '';
}
