import type { Repository } from '@deployguard/git';
import { countPackedObjects } from './count-packed-objects.ts';
import { tooManyPaths } from './too-many-paths.ts';

/** Room for half a million paths, and for a few more with each object: a dozen trees can stand for ten thousand million. */
const leastListingBytes = 64 * 1024 * 1024;
const listingBytesPerObject = 512;

export interface TreeFile {
  readonly blob: string;
  /** Latin-1, one character a byte. */
  readonly path: string;
}

/** All files below a tree or the tree of a commit. Throws `LIMIT_EXCEEDED` for a git bomb. */
export async function listTreeFiles({ git, objectDirectories }: Repository, tree: string): Promise<TreeFile[]> {
  const maxOutputBytes = leastListingBytes + listingBytesPerObject * countPackedObjects(objectDirectories);
  const listing = git.run(['ls-tree', '-r', '-z', '--full-tree', '--end-of-options', tree], { maxOutputBytes });
  return parseListing(
    await listing.catch((error: unknown) => {
      throw (error as { code?: unknown }).code === 'OUTPUT_LIMIT' ? tooManyPaths() : error;
    }),
  );
}

/** Output of `git ls-tree -r -z`: `<mode> <type> <oid>\t<path>`. */
function parseListing(listing: Buffer): TreeFile[] {
  return listing
    .toString('latin1')
    .split('\0')
    .filter((line) => line !== '')
    .map((line) => {
      const tab = line.indexOf('\t');
      return { blob: line.slice(0, tab).split(' ')[2]!, path: line.slice(tab + 1) };
    });
}
