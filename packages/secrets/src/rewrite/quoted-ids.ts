import type { ObjectGraph } from '../graph/object-graph.ts';
import type { ObjectMap } from './object-map.ts';

/** As long as git's own shortest abbreviation: shorter ones are words and numbers as often as ids. */
const quotedId = /(?<![0-9A-Za-z])[0-9a-f]{7,64}(?![0-9A-Za-z])/g;

/**
 * Makes a function that replaces old commit ids quoted in messages ("reverts 1234abc…") by the new ones, in full or as an abbreviation of
 * the same length. Abbreviations that fit several of the commits stay; so do ids of commits that are not rewritten (yet).
 */
export function createQuotedIdMapper(graph: ObjectGraph, commits: Int32Array, objects: ObjectMap): (message: Buffer) => Buffer | undefined {
  let sorted: Int32Array | undefined;

  return (message) => {
    let isChanged = false;
    const text = message.toString('latin1').replace(quotedId, (quoted) => {
      const newId = objects.get(quoted.length === graph.ids.idBytes * 2 ? quoted : (findOnly(quoted) ?? ''));
      if (newId === undefined) return quoted;
      isChanged = true;
      return newId.slice(0, quoted.length);
    });
    return isChanged ? Buffer.from(text, 'latin1') : undefined;
  };

  function findOnly(prefix: string): string | undefined {
    sorted ??= sortById();
    let low = 0;
    let high = sorted.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (graph.ids.hex(sorted[middle]!) < prefix) low = middle + 1;
      else high = middle;
    }
    const [first, second] = [low, low + 1].map((at) => (at < sorted!.length ? graph.ids.hex(sorted![at]!) : ''));
    return first!.startsWith(prefix) && !second!.startsWith(prefix) ? first : undefined;
  }

  function sortById(): Int32Array {
    const { bytes, idBytes } = graph.ids;
    return commits.toSorted((a, b) => bytes.compare(bytes, b * idBytes, (b + 1) * idBytes, a * idBytes, (a + 1) * idBytes));
  }
}
