import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { encodeName } from '@deployguard/git';

/** What each ref led to when the repository was cleaned, by its name in the result (Latin-1): what a target may still have. */
export function loadRefMap(mapsDirectory: string): Map<string, string> {
  const targets = new Map<string, string>();
  for (const line of readLines(join(mapsDirectory, 'ref-map'))) {
    const [, oldTarget, name] = /^([0-9a-f]+) [0-9a-f]+ (.+)$/.exec(line) ?? [];
    if (oldTarget !== undefined && name !== undefined) targets.set(encodeName(name), oldTarget);
  }
  return targets;
}

/** The ids of the commits that were rewritten. */
export function loadOldCommits(mapsDirectory: string): Set<string> {
  return new Set(readLines(join(mapsDirectory, 'commit-map')).map((line) => line.split(' ')[0]!));
}

function readLines(file: string): string[] {
  return readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '');
}
