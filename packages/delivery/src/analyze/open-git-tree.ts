import { type Repository, openObjectReader } from '@deployguard/git';
import { DeliveryError } from '../delivery-error.ts';
import { type FileTree, maxFiles } from './file-tree.ts';

/** The files of a commit. */
export interface GitTree extends FileTree {
  readonly commit: string;
}

const maxListBytes = 256 * 1024 * 1024;
const batchSize = 256;

/**
 * The files of the commit that HEAD of a repository leads to.
 *
 * @throws {DeliveryError} `NO_COMMIT`, `TREE_TOO_LARGE`
 */
export async function openGitTree(repository: Repository): Promise<GitTree> {
  const { git, head } = repository;
  if (head === undefined)
    throw new DeliveryError('NO_COMMIT', 'The repository has no commit to analyse. Commit something, or name a folder.');
  const name = ['--end-of-options', `${head}^{commit}`];
  const [id, list] = await Promise.all([
    git.run(['rev-parse', '--verify', ...name]),
    git.run(['ls-tree', '-r', '-z', '--full-tree', ...name], { maxOutputBytes: maxListBytes }),
  ]);
  const commit = id.toString('latin1').trim();

  const blobs = new Map<string, string>();
  const links: string[] = [];
  for (const entry of list.toString('utf8').split('\0')) {
    // `<mode> blob <id>\t<path>`; what is no blob is a submodule.
    const tab = entry.indexOf('\t');
    const path = entry.slice(tab + 1);
    if (entry.startsWith('120000')) links.push(path);
    else if (entry.startsWith('100')) blobs.set(path, entry.slice('100644 blob '.length, tab));
    if (blobs.size > maxFiles) throw new DeliveryError('TREE_TOO_LARGE', `The commit holds more than ${maxFiles} files.`);
  }

  return {
    commit,
    paths: [...blobs.keys()],
    links,
    async read(paths, maxBytes) {
      const wanted = paths.filter((path) => blobs.has(path));
      const contents = new Map<string, Buffer>();
      const found = new Map<string, Buffer>();
      await using reader = openObjectReader(git, { maxBufferedBytes: maxBytes, onMissing: () => {} });
      for (let at = 0; at < wanted.length; at += batchSize) {
        const oids = wanted.slice(at, at + batchSize).map((path) => blobs.get(path)!);
        for (const { oid, content } of await reader.read([...new Set(oids)])) {
          // Small ones may come although they are larger.
          if (content !== undefined && content.length <= maxBytes) found.set(oid, content);
        }
      }
      for (const path of wanted) {
        const content = found.get(blobs.get(path)!);
        if (content !== undefined) contents.set(path, content);
      }
      return contents;
    },
  };
}
