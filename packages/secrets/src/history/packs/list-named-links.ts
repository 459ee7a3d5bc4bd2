import type { ObjectFormat, SharedObjectIds } from '@deployguard/git';
import type { LinkPiece } from '../../graph/graph-builder.ts';
import { describeJobs } from './describe-jobs.ts';
import type { LoadedPack } from './load-packs.ts';
import { loadMatcher } from './matcher.ts';
import { silentMatcher } from './silent-matcher.ts';
import { startWalkers } from './start-walkers.ts';

export interface ListNamedLinksOptions {
  readonly packs: readonly LoadedPack[];
  readonly objectFormat: ObjectFormat;
  /** All ids of the store, and by number 1 for those that matter. */
  readonly ids: SharedObjectIds;
  readonly asked: Uint8Array;
  readonly onLinks: (pack: number, piece: LinkPiece) => void;
  readonly workers?: number;
  readonly signal?: AbortSignal;
}

/** Trees are small: a share for each thread that holds any but the strangest of them. */
const contentBytes = 96 << 20;
const blobType = 3;

/** Lists what commits, tags and trees lead to, with the names of trees' entries. Whether all of them could be read. */
export async function listNamedLinks(options: ListNamedLinksOptions): Promise<boolean> {
  const { packs, objectFormat, ids, asked, onLinks } = options;
  const jobs = describeJobs(packs, objectFormat, { withIds: false });
  const packBytes = jobs.reduce((sum, { layout }) => sum + layout.offsets[layout.count]!, 0);
  const walkers = startWalkers(
    packBytes,
    { ...options, matcher: silentMatcher, keepDropped: false, limits: { contentBytes } },
    async () => await loadMatcher(silentMatcher),
  );
  if (!walkers) return packs.length === 0;
  let isWhole = true;
  try {
    for (const [pack, { index: _index, ...job }] of jobs.entries()) {
      const roots = job.layout.roots.filter((root) => job.layout.types[root] !== blobType);
      await walkers.walk({ ...job, layout: { ...job.layout, roots }, links: { ids, asked, withNames: true } }, ({ left, links }) => {
        if (left.length > 0) isWhole = false;
        if (links) onLinks(pack, links);
      });
    }
  } finally {
    await walkers.close();
  }
  return isWhole;
}
