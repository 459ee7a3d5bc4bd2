import type { Repository } from '@deployguard/git';
import type { GraphBuilder } from '../graph/graph-builder.ts';
import type { LoadedPack } from '../history/packs/load-packs.ts';
import { objectKinds } from '../graph/object-graph.ts';
import { scanPacks } from '../history/packs/scan-packs.ts';
import { visitEntries } from '../history/packs/visit-entries.ts';
import type { ValueNeedles } from './find-values.ts';
import type { ReadGraphOptions } from './read-object-graph.ts';
import { RewriteError } from './rewrite-error.ts';
import { describeTreeMatcher, describeValueMatcher, valueRules } from './value-matcher.ts';
import type { ValuePlaces } from './value-places.ts';

/** What was read from packs directly, and the ids of what is left to git. */
export interface ReadPacks {
  readonly packs: readonly LoadedPack[];
  /** By pack, the object of each entry. */
  readonly objectOf: readonly Int32Array[];
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
  let isInNames = false;
  const scan = await scanPacks({
    objectDirectories: source.objectDirectories,
    objectFormat: source.objectFormat,
    keepDropped: false,
    limits: { contentBytes },
    ...(options.signal ? { signal: options.signal } : {}),
    matcher: describeValueMatcher(needles)!,
    withGraph: true,
    onObject: ({ oid, matches }) => {
      for (const { ruleIndex, secret } of matches) {
        if (ruleIndex === valueRules.lfsPointer) places.addLfsPointer(oid, secret, matches.length > 1);
        else places.mark(oid);
      }
    },
    onName: () => {
      isInNames = true;
    },
    onProgress: ({ objects, total }) => options.onProgress?.(objects, total),
  });
  if (scan.unlistedPacks.length > 0) {
    throw new RewriteError('SOURCE_OBJECT_UNREADABLE', 'A pack of the repository cannot be read. Run git fsck on it, or clone it anew.');
  }
  const graph = scan.graph!;
  const read = { packs: scan.packs, objectOf: scan.objectOf, graph };
  const left = scan.left.flatMap(({ oids }) => oids);
  if (!isInNames) return { ...read, left };
  const trees = await markTrees(source, read, places, options);
  return { ...read, left: [...new Set([...left, ...trees])] };
}

/** Which trees hold a value in their names: the search looks at each name once, however many trees it stands in. Gives those that are left to git. */
async function markTrees(
  source: Repository,
  { packs, objectOf, graph: { graph } }: Omit<ReadPacks, 'left'>,
  places: ValuePlaces,
  { redactor, signal }: ReadGraphOptions,
): Promise<string[]> {
  const isPacked = new Uint8Array(graph.size);
  for (const objects of objectOf) for (const object of objects) isPacked[object] = 1;
  const left: string[] = [];
  for (let object = 0; object < graph.size; object++) {
    if (graph.kind(object) === objectKinds.tree && isPacked[object] === 0) left.push(graph.hex(object));
  }
  const unread = await visitEntries({
    packs,
    objectFormat: source.objectFormat,
    wanted: packs.map(({ layout }) => layout.types.map((type) => (type === objectKinds.tree ? 1 : 0))),
    matcher: describeTreeMatcher(redactor.needles),
    onGathered: (oids) => {
      for (const oid of oids as readonly string[]) places.mark(oid);
    },
    ...(signal ? { signal } : {}),
  });
  return [...left, ...unread];
}
