import { lstatSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The work tree that a directory is in, as git finds it: the nearest one upwards that holds `.git`; else the directory itself. */
export function findTopDirectory(directory: string): string {
  for (let at = directory; ; at = dirname(at)) {
    if (lstatSync(join(at, '.git'), { throwIfNoEntry: false })) return at;
    if (dirname(at) === at) return directory;
  }
}
