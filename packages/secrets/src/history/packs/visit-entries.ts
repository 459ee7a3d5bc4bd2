import { none, type ObjectFormat, type PackLayout } from '@deployguard/git';
import { describeJobs } from './describe-jobs.ts';
import type { LoadedPack } from './load-packs.ts';
import { loadMatcher, type MatcherSource } from './matcher.ts';
import { startWalkers } from './start-walkers.ts';

export interface VisitEntriesOptions {
  readonly packs: readonly LoadedPack[];
  readonly objectFormat: ObjectFormat;
  /** By pack: not 0 for each entry that is to be visited. */
  readonly wanted: readonly Uint8Array[];
  /** One that visits. */
  readonly matcher: MatcherSource;
  /** What a thread has gathered from its share of a pack. */
  readonly onGathered: (gathered: unknown) => void;
  /** Threads besides this one. */
  readonly workers?: number;
  readonly signal?: AbortSignal;
}

/** In `PackJob.wanted`: needed to make others; to be visited. */
const isBase = 1;
const isVisited = 2;

/** Has some entries of packs visited, each delta tree once and only as far as they need it. Gives the ids of those that could not be read. */
export async function visitEntries(options: VisitEntriesOptions): Promise<string[]> {
  const { packs, objectFormat, wanted, matcher, onGathered } = options;
  const left: string[] = [];
  const jobs = describeJobs(packs, objectFormat, { withIds: true }).map((job, pack) => ({
    ...job,
    ...planWalk(job.layout, wanted[pack]!),
  }));
  const packBytes = jobs.reduce((sum, { layout }) => sum + (layout.roots.length > 0 ? layout.offsets[layout.count]! : 0), 0);
  const walkers = startWalkers(packBytes, { ...options, keepDropped: false }, async () => await loadMatcher(matcher));
  try {
    for (const { index, hashBytes, ...job } of jobs) {
      const leave = (entry: number): void => {
        const start = job.layout.positions[entry]! * hashBytes;
        if (job.wanted[entry] === isVisited) left.push(index.ids.toString('hex', start, start + hashBytes));
      };
      if (!walkers) for (const entry of job.wanted.keys()) leave(entry);
      await walkers?.walk({ ...job, hashBytes }, (batch) => {
        for (const { entry } of batch.left) leave(entry);
        if (batch.gathered !== undefined) onGathered(batch.gathered);
      });
    }
  } finally {
    await walkers?.close();
  }
  return left;
}

function planWalk(layout: PackLayout, wanted: Uint8Array): { layout: PackLayout; wanted: Uint8Array } {
  const flags = new Uint8Array(new SharedArrayBuffer(layout.count));
  for (let entry = 0; entry < layout.count; entry++) {
    if (wanted[entry] === 0) continue;
    flags[entry] = isVisited;
    for (let base = layout.bases[entry]!; base !== none && flags[base] === 0; base = layout.bases[base]!) flags[base] = isBase;
  }
  return { layout: { ...layout, roots: layout.roots.filter((root) => flags[root] !== 0) }, wanted: flags };
}
