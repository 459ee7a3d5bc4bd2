import { randomBytes } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { readdir, rename, rm } from 'node:fs/promises';
import { basename, join, relative, sep } from 'node:path';
import { finished, pipeline } from 'node:stream/promises';
import { GitError, type Repository } from '@deployguard/git';

/** A bundle of all refs: one file that git clones from (git-bundle(1)). */
export async function writeBundle(repository: Repository, file: string): Promise<void> {
  const head = repository.head === undefined ? [] : ['HEAD'];
  await writeWhole(file, async (unfinished) => {
    // git writes to us, not to the disk: then it is known what failed.
    const running = repository.git.start(['bundle', 'create', '--quiet', '-', '--all', ...head]);
    try {
      await pipeline(running.stdout, createWriteStream(unfinished, { mode: 0o600, flags: 'wx' }));
    } catch (error) {
      await running.kill();
      throw error;
    }
    const { exitCode } = await running.done;
    if (exitCode !== 0) throw new GitError('GIT_FAILED', `git bundle failed (exit ${exitCode}).`);
  });
}

/** The bare repository as a ZIP file, under its own name. Its packs are compressed already, so they are stored as they are. */
export async function writeZip(directory: string, file: string): Promise<void> {
  // Loaded here: most who scan make no archive.
  const { ZipFile } = await import('./zip-file.ts');
  const zip = new ZipFile();
  const root = basename(file, '.zip');
  for (const entry of await readdir(directory, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    const name = [root, ...relative(directory, path).split(sep)].join('/');
    if (entry.isDirectory()) zip.addEmptyDirectory(name);
    else if (entry.isFile()) zip.addFile(path, name, { compress: !name.endsWith('.pack') });
  }
  zip.end();
  await writeWhole(file, async (unfinished) => {
    const output = createWriteStream(unfinished, { mode: 0o600, flags: 'wx' });
    zip.on('error', (error) => output.destroy(error as Error));
    zip.outputStream.pipe(output);
    await finished(output);
  });
}

/** The archive gets its name when it is complete. Its first name cannot be guessed: nobody can have put a link there. */
async function writeWhole(file: string, write: (unfinished: string) => Promise<void>): Promise<void> {
  const unfinished = `${file}.${randomBytes(8).toString('hex')}.tmp`;
  try {
    await write(unfinished);
    await rename(unfinished, file);
  } finally {
    await rm(unfinished, { force: true });
  }
}
