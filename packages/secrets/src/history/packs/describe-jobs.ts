import { hashBytesOf, ObjectIdTable, type ObjectFormat } from '@deployguard/git';
import type { GraphBuilder } from '../../graph/graph-builder.ts';
import type { LoadedPack } from './load-packs.ts';
import type { IndexedJob } from './result-gatherer.ts';

export interface DescribeJobsOptions {
  /** Whether those who walk the packs are to know the objects' ids. */
  readonly withIds: boolean;
  /** Where what objects lead to is to be noted; it has the ids of all that stands in no pack already. */
  readonly graph?: GraphBuilder;
}

/** The packs as those see them who walk them. An object that stands in several places belongs to one of them. */
export function describeJobs(packs: readonly LoadedPack[], format: ObjectFormat, { withIds, graph }: DescribeJobsOptions): IndexedJob[] {
  const hashBytes = hashBytesOf(format);
  const isRepeated = packs.length === 1 ? listRepeated(packs[0]!.index.ids, hashBytes) : listKnown(packs, hashBytes);
  const objects = graph && packs.map(({ index, layout }) => graph.addPack(index.ids, layout));
  const links = graph && { ids: graph.shareIds(), withNames: false };
  return packs.map(({ path, index, layout }, i) => {
    const duplicates = new Uint8Array(new SharedArrayBuffer(layout.count));
    const isDuplicate = isRepeated[i];
    if (isDuplicate) {
      for (let entry = 0; entry < layout.count; entry++) duplicates[entry] = isDuplicate[layout.positions[entry]!]!;
    }
    return {
      path,
      index,
      layout,
      hashBytes,
      duplicates,
      ...(withIds && { ids: toShared(index.ids) }),
      ...(graph && links && { links, objectOf: objects![i]!, onLinks: (piece) => graph.addLinks(objects![i]!, piece) }),
    };
  });
}

function toShared(bytes: Uint8Array): Uint8Array {
  const shared = new Uint8Array(new SharedArrayBuffer(bytes.length));
  shared.set(bytes);
  return shared;
}

/** For each pack: 1 at each position whose id stands before it, in that pack or an earlier one. */
function listKnown(packs: readonly LoadedPack[], hashBytes: 20 | 32): Uint8Array[] {
  const total = packs.reduce((sum, { index }) => sum + index.count, 0);
  const known = new ObjectIdTable(hashBytes, total);
  return packs.map(({ index }) => {
    const isKnown = new Uint8Array(index.count);
    for (let position = 0; position < index.count; position++) {
      const before = known.size;
      known.add(index.ids, position * hashBytes);
      if (known.size === before) isKnown[position] = 1;
    }
    return isKnown;
  });
}

/** The same for a single pack, without a table: its ids are sorted. Git writes no id twice, so mostly there is nothing to return. */
function listRepeated(ids: Buffer, hashBytes: number): Uint8Array[] {
  let isRepeated: Uint8Array | undefined;
  for (let at = hashBytes; at < ids.length; at += hashBytes) {
    // Most neighbours differ in their first bytes: the full comparison is the slow one.
    if (ids[at + 2] !== ids[at + 2 - hashBytes] || ids[at + 3] !== ids[at + 3 - hashBytes]) continue;
    if (ids.compare(ids, at, at + hashBytes, at - hashBytes, at) !== 0) continue;
    isRepeated ??= new Uint8Array(ids.length / hashBytes);
    isRepeated[at / hashBytes] = 1;
  }
  return isRepeated ? [isRepeated] : [];
}
