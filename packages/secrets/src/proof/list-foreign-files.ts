import { readdir, readFile } from 'node:fs/promises';
import { buildBareConfig, type Repository } from '@deployguard/git';
import { isExpectedFile } from './search-git-directory.ts';

export interface ForeignFilesOptions {
  readonly repository: Pick<Repository, 'refs' | 'objectFormat'>;
  /** The result stands in the place of its source, with the settings, hooks and index that are its user's. */
  readonly isInPlace: boolean;
}

/**
 * What stands in a result's git directory and was not written with it: files that no repository written afresh has, loose refs that are none,
 * other settings, lines of `packed-refs` that are no refs. Packs may be others: git packs objects anew. Sorted.
 */
export async function listForeignFiles(gitDir: string, { repository, isInPlace }: ForeignFilesOptions): Promise<string[]> {
  const refs = new Set(repository.refs.map(({ name }) => name));
  const foreign: string[] = [];
  // Names are bytes; as Latin-1 none is lost.
  await visit(isInPlace ? 'objects' : '');
  return foreign.sort();

  async function visit(directory: string): Promise<void> {
    for (const entry of await readdir(toPath(directory), { withFileTypes: true, encoding: 'latin1' })) {
      const path = directory === '' ? entry.name : `${directory}/${entry.name}`;
      if (entry.isDirectory()) {
        await visit(path);
      } else if (!entry.isFile() || !isExpectedFile(path) || !(await isAsWritten(path))) {
        foreign.push(path);
      }
    }
  }

  async function isAsWritten(path: string): Promise<boolean> {
    if (path.startsWith('refs/')) return refs.has(path);
    if (path === 'config') return (await readFile(toPath(path), 'latin1')) === buildBareConfig(repository.objectFormat);
    if (path === 'packed-refs') return (await readFile(toPath(path), 'latin1')).split('\n').every((line) => packedRefLine.test(line));
    return true;
  }

  function toPath(path: string): Buffer {
    return Buffer.concat([Buffer.from(`${gitDir}/`), Buffer.from(path, 'latin1')]);
  }
}

/** Its own first line, then refs and what tags lead to (git-pack-refs(1)). */
const packedRefLine = /^(?:# pack-refs with:[a-z -]*|[0-9a-f]{40,64} refs\/.+|\^[0-9a-f]{40,64}|)$/;
