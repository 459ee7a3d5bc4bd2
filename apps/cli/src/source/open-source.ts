import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { openLocalRepository, type Repository } from '@deployguard/git';
import type { RepositoryFlags } from '../commands/add-options.ts';
import type { CliContext } from '../context.ts';
import { findTopDirectory } from './find-top-directory.ts';

/** A repository that a command works on. */
export interface OpenSource extends AsyncDisposable {
  readonly repository: Repository;
  /** For reports: the folder's name, or the address without credentials. */
  readonly name: string;
  /** Absolute; absent for a remote repository. */
  readonly path?: string;
  /** Without credentials; absent for a local repository. */
  readonly url?: string;
}

/** Opens what the user named, in a private directory that goes when the source is disposed. */
export async function openSource(flags: RepositoryFlags, context: CliContext): Promise<OpenSource> {
  const workDirectory = await mkdtemp(join(tmpdir(), 'deployguard-'));
  const removeAll = (): Promise<void> => rm(workDirectory, { recursive: true, force: true });
  try {
    const path =
      flags.repoPath === undefined ? findTopDirectory(context.workingDirectory) : resolve(context.workingDirectory, flags.repoPath);
    const repository = await openLocalRepository(path, { workDirectory, signal: context.signal });
    return {
      repository,
      name: basename(path),
      path,
      async [Symbol.asyncDispose]() {
        await repository.close();
        await removeAll();
      },
    };
  } catch (error) {
    await removeAll();
    throw error;
  }
}
