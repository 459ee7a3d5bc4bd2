/** As many as Linux follows in one path. */
const maxHops = 40;

/**
 * Whether a symbolic link of a tree leads to a place inside of the tree, through whatever other links. Links that run in a circle, and
 * absolute ones, do not.
 *
 * @param links their targets by their paths from the top, with `/` between
 */
export function staysInside(path: string, links: ReadonlyMap<string, string>): boolean {
  const open = path.split('/').toReversed();
  const walked: string[] = [];
  let hops = 0;
  for (let part = open.pop(); part !== undefined; part = open.pop()) {
    if (part === '' || part === '.') continue;
    if (part === '..') {
      if (walked.pop() === undefined) return false;
      continue;
    }
    walked.push(part);
    const target = links.get(walked.join('/'));
    if (target === undefined) continue;
    hops++;
    if (target.startsWith('/') || hops > maxHops) return false;
    walked.pop();
    open.push(...target.split('/').toReversed());
  }
  return true;
}
