import { matchesGlob } from 'node:path';

/**
 * Whether a glob fits a whole path; `*`, `**` and `?` stand for anything, also in names that begin with a dot. Node's own function leaves
 * those out unless the dot is written, as shells do: an entry for `fixtures/**` would not allow `fixtures/.env`. So a name that begins with a
 * dot is also looked at with a letter before it, which wildcards take, and the pattern with the same one before dots that begin a name.
 */
export function matchesPath(path: string, pattern: string): boolean {
  if (matchesGlob(path, pattern)) return true;
  if (!/(?:^|\/)\./.test(path)) return false;
  const marked = path.replaceAll(beginningDot, mark);
  return [beginningDot, beginningDotOrChoice].some((dot) => matchesGlob(marked, pattern.replaceAll(dot, mark)));
}

// Private use: in no path but for a made-up one.
const mark = '\ue000.';
const beginningDot = /(?<=^|\/)\./g;
const beginningDotOrChoice = /(?<=^|[/{,(|])\./g;
