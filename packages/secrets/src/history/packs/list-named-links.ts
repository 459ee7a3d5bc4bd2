import type { ObjectFormat, SharedObjectIds } from '@deployguard/git';
import type { LinkPiece } from '../../graph/graph-builder.ts';
import { describeJobs } from './describe-jobs.ts';
import type { LoadedPack } from './load-packs.ts';
import type { PackWalkers } from './local-walker.ts';

export interface ListNamedLinksOptions {
  readonly walkers: PackWalkers;
  readonly packs: readonly LoadedPack[];
  readonly objectFormat: ObjectFormat;
  /** All ids of the store, and by number 1 for those that matter. */
  readonly ids: SharedObjectIds;
  readonly asked: Uint8Array;
  readonly onLinks: (pack: number, piece: LinkPiece) => void;
}

const blobType = 3;

/** Lists what commits, tags and trees lead to, with the names of trees' entries. Whether all of them could be read. */
export async function listNamedLinks({ walkers, packs, objectFormat, ids, asked, onLinks }: ListNamedLinksOptions): Promise<boolean> {
  let isWhole = true;
  for (const [pack, { index: _index, ...job }] of describeJobs(packs, objectFormat, { withIds: false }).entries()) {
    const roots = job.layout.roots.filter((root) => job.layout.types[root] !== blobType);
    const listing = { ...job, layout: { ...job.layout, roots }, links: { ids, asked, withNames: true }, linksOnly: true };
    await walkers.walk(listing, ({ left, links }) => {
      if (left.length > 0) isWhole = false;
      if (links) onLinks(pack, links);
    });
  }
  return isWhole;
}
