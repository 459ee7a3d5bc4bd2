import { lstat, realpath } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import {
  copyExclusions,
  createGit,
  createRepositoryDirectory,
  openLocalRepository,
  type Repository,
  writeBareRepository,
} from '@deployguard/git';
import { CliError } from '../cli-error.ts';

/**
 * A repository of one commit that holds the files of a folder as they are, but for those that git is told to ignore, also by a repository that it
 * lies in. Nothing of the folder is changed, and no setting or hook of such a repository takes part.
 */
export async function snapshotFolder(folder: string, workDirectory: string, signal: AbortSignal): Promise<Repository> {
  const place = await realpath(folder);
  const { gitDir, homeDirectory } = await createRepositoryDirectory(workDirectory);
  await writeBareRepository(gitDir, { objectFormat: 'sha1' });
  const git = createGit({ gitDir, homeDirectory, signal });
  const runIn = async (workTree: string, args: readonly string[]): Promise<string> =>
    (await git.run(['-C', place, `--work-tree=${workTree}`, ...args], { environment: identity })).toString('latin1').trim();
  const outer = await findWorkTree(place);
  if (outer !== undefined) await copyExclusions(gitDir, outer).catch(() => {});
  // What is ignored as a whole was named on purpose, as a folder of what was built is.
  const isIgnored =
    outer !== undefined &&
    (await runIn(outer, ['check-ignore', '--quiet', '--', place]).then(
      () => true,
      () => false,
    ));
  const top = outer === undefined || isIgnored ? place : outer;
  const run = (args: readonly string[]): Promise<string> => runIn(top, args);
  // Whatever it is that installed dependencies are called, they are installed anew where it is built.
  await run(['add', '--all', '--', '.', ':(exclude,glob)**/node_modules/**', ':(exclude,glob)**/.venv/**']);
  if ((await run(['ls-files', '-z'])) === '') throw new CliError('USAGE', `There is nothing in ${folder}: no file could be deployed.`);
  const tree = await run(['write-tree', ...(top === place ? [] : [`--prefix=${relative(top, place)}/`])]);
  const commit = await run(['commit-tree', '-m', 'What lies in the folder', tree]);
  await run(['update-ref', 'refs/heads/main', commit]);
  return openLocalRepository(join(gitDir), { workDirectory, signal });
}

/** The top of the repository that a folder lies in. */
async function findWorkTree(folder: string): Promise<string | undefined> {
  for (let at = dirname(folder); ; at = dirname(at)) {
    const found = await lstat(join(at, '.git')).catch(() => undefined);
    if (found?.isDirectory() || found?.isFile()) return at;
    if (dirname(at) === at) return undefined;
  }
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
