import { getCompileCacheDir } from 'node:module';
import { dirname } from 'node:path';

/**
 * For the environment of another process of this Node that runs code of ours: what this one has compiled, it need not compile again. Empty where
 * nothing is kept.
 */
export function listCodeCacheVariables(): Readonly<Record<string, string>> {
  const directory = getCompileCacheDir();
  // Node names the one for its own version.
  return directory === undefined ? {} : { NODE_COMPILE_CACHE: dirname(directory) };
}
