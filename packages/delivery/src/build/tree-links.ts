import { DeliveryError } from '../delivery-error.ts';

/** As many as Linux follows in one path. */
const maxHops = 40;
/** Folders within folders: a path of Linux has 4096 bytes, of which every second may be `/`. */
const maxDepth = 2048;
const maxNameBytes = 255;
/** Names that are walked for all links of a tree: those of a million ordinary ones. */
const maxSteps = 20_000_000;

/**
 * Follows the links of a tree: says of the path of each whether it leads to a place inside of the tree, through whatever other links. Links
 * that run in a circle, and absolute ones, do not.
 *
 * @param links their targets by their paths from the top, with `/` between
 * @throws {DeliveryError} (what it gives) `TREE_UNSAFE` when it takes too long
 */
export function createLinkWalker(links: ReadonlyMap<string, string>): (path: string) => boolean {
  // A place has a number, found by its name and the number of its folder: a step takes as long however deep it is.
  const places = new Map<string, number>();
  const targets = new Map<number, string>();
  for (const [path, target] of links) {
    let place = 0;
    for (const name of path.split('/')) {
      const key = `${place}/${name}`;
      place = places.get(key) ?? places.size + 1;
      places.set(key, place);
    }
    targets.set(place, target);
  }
  let steps = 0;

  function split(path: string): string[] {
    const names = path.split('/').toReversed();
    steps += names.length;
    if (steps > maxSteps)
      throw new DeliveryError('TREE_UNSAFE', 'The links of the commit lead through too many folders and other links. Remove some of them.');
    return names;
  }

  return (path) => {
    const open = split(path);
    // A place that lies on the path of no link has none.
    const walked: (number | undefined)[] = [0];
    let hops = 0;
    for (let name = open.pop(); name !== undefined; name = open.pop()) {
      if (name === '' || name === '.') continue;
      if (name === '..') {
        walked.pop();
        if (walked.length === 0) return false;
        continue;
      }
      if (name.length > maxNameBytes || walked.length > maxDepth) return false;
      const folder = walked.at(-1);
      const place = folder === undefined ? undefined : places.get(`${folder}/${name}`);
      const target = place === undefined ? undefined : targets.get(place);
      if (target === undefined) {
        walked.push(place);
        continue;
      }
      hops++;
      if (target.startsWith('/') || hops > maxHops) return false;
      for (const next of split(target)) open.push(next);
    }
    return true;
  };
}
