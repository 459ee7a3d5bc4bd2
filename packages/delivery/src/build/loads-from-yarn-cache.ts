import { posix } from 'node:path';
import { listFolders } from './find-package-manager-version.ts';
import type { BuildPlan } from './build-plan.ts';

/**
 * Whether programs load packages from the cache of Yarn as they run. Since its second version they do, unless it is told to unpack them
 * (https://yarnpkg.com/configuration/yarnrc#nodeLinker).
 *
 * @param read content of a file by its path from the top of the tree, if there is one
 */
export async function loadsFromYarnCache({ root }: BuildPlan, read: (path: string) => Promise<string | undefined>): Promise<boolean> {
  for (const folder of listFolders(root)) {
    const linker = /^nodeLinker:\s*["']?([\w-]+)/m.exec((await read(posix.join(folder, '.yarnrc.yml'))) ?? '')?.[1];
    if (linker !== undefined) return linker === 'pnp';
  }
  return true;
}
