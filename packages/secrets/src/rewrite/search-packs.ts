import type { Repository } from '@deployguard/git';
import type { GraphBuilder } from '../graph/graph-builder.ts';
import type { LoadedPack } from '../history/packs/load-packs.ts';
import { scanPacks, type PackScan, type ScanPacksOptions } from '../history/packs/scan-packs.ts';
import type { ValueNeedles } from './find-values.ts';
import type { ReadGraphOptions } from './read-object-graph.ts';
import { RewriteError } from './rewrite-error.ts';
import { describeTreeMatcher, describeValueMatcher, valueRules } from './value-matcher.ts';
import type { ValuePlaces } from './value-places.ts';

/** What was read from packs directly, and the ids of what is left to git. */
export interface ReadPacks {
  readonly packs: readonly LoadedPack[];
  readonly graph: GraphBuilder;
  readonly left: readonly string[];
}

/** Larger objects (a quarter of a thread's share) are read through git. */
const contentBytes = 96 * 1024 * 1024;

/** Whether the traversal of packs can look for these. */
export function canSearchPacks(needles: ValueNeedles): boolean {
  return describeValueMatcher(needles) !== undefined;
}

/** Searches the contents of packs for values, and lists what objects lead to, by the traversal that scanning uses. */
export async function searchPacks(source: Repository, places: ValuePlaces, options: ReadGraphOptions): Promise<ReadPacks> {
  const { needles } = options.redactor;
  const common = {
    objectDirectories: source.objectDirectories,
    objectFormat: source.objectFormat,
    keepDropped: false,
    limits: { contentBytes },
    ...(options.signal ? { signal: options.signal } : {}),
  };
  let isInNames = false;
  const scan = await scanListed({
    ...common,
    matcher: describeValueMatcher(needles)!,
    withGraph: true,
    onObject: ({ oid, matches }) => {
      for (const { ruleIndex, secret, innerPath } of matches) {
        if (ruleIndex === valueRules.lfsPointer) places.addLfsPointer(oid, secret, matches.length > 1);
        else if (ruleIndex === valueRules.archiveMember) places.addArchiveMember(oid, innerPath ?? '');
        else places.mark(oid);
      }
    },
    onName: () => {
      isInNames = true;
    },
    onProgress: ({ objects, total }) => options.onProgress?.(objects, total),
  });
  const left = listLeft(scan);
  if (!isInNames) return { packs: scan.packs, graph: scan.graph!, left };

  // Which trees hold the names was not told: most names are searched once, however many trees they stand in.
  const trees = await scanListed({
    ...common,
    matcher: describeTreeMatcher(needles),
    onlyTrees: true,
    onObject: () => undefined,
    onName: () => undefined,
    onGathered: (oids) => {
      for (const oid of oids as readonly string[]) places.mark(oid);
    },
  });
  return { packs: scan.packs, graph: scan.graph!, left: [...new Set([...left, ...listLeft(trees)])] };
}

async function scanListed(options: ScanPacksOptions): Promise<PackScan> {
  const scan = await scanPacks(options);
  if (scan.unlistedPacks.length > 0) {
    throw new RewriteError('SOURCE_OBJECT_UNREADABLE', 'A pack of the repository cannot be read. Run git fsck on it, or clone it anew.');
  }
  return scan;
}

function listLeft({ left }: PackScan): string[] {
  return left.flatMap(({ oids }) => oids);
}
