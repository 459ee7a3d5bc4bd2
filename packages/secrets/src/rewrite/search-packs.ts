import type { Repository } from '@deployguard/git';
import type { MatcherSource } from '../history/packs/matcher.ts';
import { scanPacks } from '../history/packs/scan-packs.ts';
import type { GraphBuilder } from './graph-builder.ts';
import { RewriteError } from './rewrite-error.ts';
import { valueRules } from './value-matcher.ts';

export interface SearchPacksOptions {
  readonly onProgress?: (objectCount: number) => void;
  readonly signal?: AbortSignal;
}

/** Larger objects (a quarter of a thread's share) are read through git. */
const contentBytes = 96 * 1024 * 1024;

/** Searches the contents of packs for values by the traversal that scanning uses. Gives the ids of what it leaves to git. */
export async function searchPacks(
  source: Repository,
  matcher: MatcherSource,
  builder: GraphBuilder,
  options: SearchPacksOptions,
): Promise<string[]> {
  const scan = await scanPacks({
    objectDirectories: source.objectDirectories,
    objectFormat: source.objectFormat,
    matcher,
    keepDropped: false,
    limits: { contentBytes },
    onObject: ({ oid, matches }) => {
      for (const { ruleIndex, secret, innerPath } of matches) {
        if (ruleIndex === valueRules.lfsPointer) builder.addLfsPointer(oid, secret, matches.length > 1);
        else if (ruleIndex === valueRules.archiveMember) builder.addArchiveMember(oid, innerPath ?? '');
        else builder.mark(oid);
      }
    },
    // Names are searched in every tree, when its links are read.
    onName: () => undefined,
    onProgress: ({ objects }) => options.onProgress?.(objects),
    ...(options.signal ? { signal: options.signal } : {}),
  });
  if (scan.unlistedPacks.length > 0) {
    throw new RewriteError('SOURCE_OBJECT_UNREADABLE', 'A pack of the repository cannot be read. Run git fsck on it, or clone it anew.');
  }
  return scan.left.flatMap(({ oids }) => oids);
}
