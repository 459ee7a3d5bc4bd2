import { toPackEntries, type ObjectFormat, type PackEntries } from '@deployguard/git';
import type { ReadGraph } from './read-object-graph.ts';

/** Where the source's packs hold each object, and on what: what can be copied without unpacking it. */
export interface PackPlan {
  readonly packs: readonly PackEntries[];
  /** By object: its entry, counted through all packs; -1 when it is in none. Of several copies the first one counts. */
  readonly entryOf: Int32Array;
  /** By entry, counted so: its object. */
  readonly objectOf: Int32Array;
  /** The object that an object's copy is a delta of; -1 when it is stored whole or is in no pack. */
  baseOf(object: number): number;
  /** Flags for a pack's entries: 1 where it is the copy of an object that is to be kept. `isKept`: flags by object. */
  listKept(pack: number, isKept: Uint8Array): Uint8Array;
}

export function buildPackPlan({ graph, packs: loaded, objectOf: objects }: ReadGraph, format: ObjectFormat): PackPlan {
  const usable = loaded
    .map(({ path, index, layout }, i) => ({ pack: toPackEntries(path, index, layout, format), objects: objects[i]! }))
    .filter((source): source is { pack: PackEntries; objects: Int32Array } => source.pack !== undefined);
  const packs = usable.map(({ pack }) => pack);
  const starts = packs.map((_, pack) => packs.slice(0, pack).reduce((sum, { count }) => sum + count, 0));
  const objectOf = new Int32Array(packs.reduce((sum, { count }) => sum + count, 0));
  const entryOf = new Int32Array(graph.size).fill(-1);
  for (const [pack, source] of usable.entries()) {
    objectOf.set(source.objects, starts[pack]);
    for (const [entry, object] of source.objects.entries()) {
      if (entryOf[object] === -1) entryOf[object] = starts[pack]! + entry;
    }
  }

  function baseOf(object: number): number {
    const entry = entryOf[object]!;
    if (entry === -1) return -1;
    const pack = starts.findLastIndex((start) => start <= entry);
    const base = packs[pack]!.bases[entry - starts[pack]!]!;
    return base === -1 ? -1 : objectOf[starts[pack]! + base]!;
  }

  function listKept(pack: number, isKept: Uint8Array): Uint8Array {
    const start = starts[pack]!;
    const flags = new Uint8Array(packs[pack]!.count);
    for (let entry = 0; entry < flags.length; entry++) {
      const object = objectOf[start + entry]!;
      if (entryOf[object] === start + entry && isKept[object] === 1) flags[entry] = 1;
    }
    return flags;
  }

  return { packs, entryOf, objectOf, baseOf, listKept };
}
