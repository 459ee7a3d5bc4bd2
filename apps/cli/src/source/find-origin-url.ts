import { lstatSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { findSource, parseCloneUrl, parseConfig } from '@deployguard/git';

/** Where a repository was cloned from, without credentials: its settings read as text. `undefined` when they name no remote place. */
export async function findOriginUrl(path: string): Promise<string | undefined> {
  const source = await findSource(path);
  if (source.kind === 'bundle') return undefined;
  const file = join(source.commonDir, 'config');
  if (!lstatSync(file, { throwIfNoEntry: false })?.isFile()) return undefined;
  const url = parseConfig(readFileSync(file, 'utf8')).get('remote.origin.url')?.at(-1);
  if (url === undefined) return undefined;
  try {
    return parseCloneUrl(url).url;
  } catch {
    // A local path, or something that only git with the user's settings understands.
    return undefined;
  }
}
