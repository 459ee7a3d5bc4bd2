import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { findSource } from './find-source.ts';
import { readPlainFile } from './read-plain-file.ts';

/** Has a git directory of ours ignore what the repository at a path ignores by its `info/exclude`, too (gitignore(5)). Throws as `findSource` does. */
export async function copyExclusions(gitDir: string, path: string): Promise<void> {
  const source = await findSource(path);
  if (source.kind !== 'directory') return;
  const patterns = await readPlainFile(join(source.commonDir, 'info', 'exclude')).catch(() => undefined);
  if (!patterns) return;
  await mkdir(join(gitDir, 'info'), { recursive: true });
  await writeFile(join(gitDir, 'info', 'exclude'), patterns);
}
