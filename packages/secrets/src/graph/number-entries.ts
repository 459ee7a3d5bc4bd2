import type { PackLayout } from '@deployguard/git';
import { objectKinds, type ObjectGraph } from './object-graph.ts';

/** Gives the objects of a pack numbers, and kinds to those that `hasKind` (a type as in packs); returns the object of each entry. `ids`: in the order of the index. */
export function numberEntries(
  graph: ObjectGraph,
  ids: Uint8Array,
  { count, positions, types }: PackLayout,
  hasKind: (type: number) => boolean,
): Int32Array {
  const { idBytes } = graph.ids;
  const objects = new Int32Array(count);
  for (let position = 0; position < count; position++) objects[position] = graph.ids.add(ids, position * idBytes);
  const objectOf = new Int32Array(count);
  for (let entry = 0; entry < count; entry++) {
    const object = objects[positions[entry]!]!;
    objectOf[entry] = object;
    const type = types[entry]!;
    if (hasKind(type) && graph.kind(object) === objectKinds.unknown) graph.begin(object, type);
  }
  return objectOf;
}
