import { join } from 'node:path';
import { createGit, createRepositoryDirectory, openLocalRepository, type Repository, writeBareRepository } from '@deployguard/git';
import { CliError } from '../cli-error.ts';

/**
 * A repository of one commit that holds the files of a folder as they are, but for those that git is told to ignore. Nothing of the folder is
 * changed, and no setting or hook of a repository that it lies in takes part.
 */
export async function snapshotFolder(folder: string, workDirectory: string, signal: AbortSignal): Promise<Repository> {
  const { gitDir, homeDirectory } = await createRepositoryDirectory(workDirectory);
  await writeBareRepository(gitDir, { objectFormat: 'sha1' });
  const git = createGit({ gitDir, homeDirectory, signal });
  const run = async (args: readonly string[]): Promise<string> =>
    (await git.run(['-C', folder, `--work-tree=${folder}`, ...args], { environment: identity })).toString('latin1').trim();
  // Whatever it is that installed dependencies are called, they are installed anew where it is built.
  await run(['add', '--all', '--', '.', ':(exclude,glob)**/node_modules/**', ':(exclude,glob)**/.venv/**']);
  if ((await run(['ls-files', '-z'])) === '') throw new CliError('USAGE', `There is nothing in ${folder}: no file could be deployed.`);
  const tree = await run(['write-tree']);
  const commit = await run(['commit-tree', '-m', 'What lies in the folder', tree]);
  await run(['update-ref', 'refs/heads/main', commit]);
  return openLocalRepository(join(gitDir), { workDirectory, signal });
}

/** The same files are the same commit, whenever it is made. */
const identity = {
  GIT_AUTHOR_NAME: 'deployguard',
  GIT_AUTHOR_EMAIL: 'deployguard@localhost',
  GIT_COMMITTER_NAME: 'deployguard',
  GIT_COMMITTER_EMAIL: 'deployguard@localhost',
  GIT_AUTHOR_DATE: '@0 +0000',
  GIT_COMMITTER_DATE: '@0 +0000',
};
