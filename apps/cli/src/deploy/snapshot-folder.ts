import { randomUUID } from 'node:crypto';
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
 * A repository of one commit that holds the files of a folder as they are, those of repositories inside of it as well, but for those that git is
 * told to ignore, also by a repository that it lies in. Nothing of the folder is changed, and no setting or hook of such a repository takes part.
 */
export async function snapshotFolder(folder: string, workDirectory: string, signal: AbortSignal): Promise<Repository> {
  const place = await realpath(folder);
  const { gitDir, homeDirectory } = await createRepositoryDirectory(workDirectory);
  await writeBareRepository(gitDir, { objectFormat: 'sha1' });
  const git = createGit({ gitDir, homeDirectory, signal });
  const run: RunGit = async (args, environment = {}) =>
    (await git.run(args, { environment: { ...identity, ...environment } })).toString('latin1').trimEnd();
  const outer = await findWorkTree(place);
  if (outer !== undefined) await copyExclusions(gitDir, outer).catch(() => {});
  // What is ignored as a whole was named on purpose, as a folder of what was built is.
  const isIgnored = outer !== undefined && (await ignores(run, outer, place));
  const tree = await writeTree({ run, gitDir }, outer === undefined || isIgnored ? place : outer, place);
  if (tree === undefined) throw new CliError('USAGE', `There is nothing in ${folder}: no file could be deployed.`);
  const commit = await run(['commit-tree', '-m', 'What lies in the folder', tree]);
  await run(['update-ref', 'refs/heads/main', commit]);
  return openLocalRepository(join(gitDir), { workDirectory, signal });
}

type RunGit = (args: readonly string[], environment?: Readonly<Record<string, string>>) => Promise<string>;

/** Of the files of a folder in a work tree; undefined of none. Git would keep of a repository inside of it no more than the name of a commit. */
async function writeTree(repository: { run: RunGit; gitDir: string }, workTree: string, folder: string): Promise<string | undefined> {
  const index = { GIT_INDEX_FILE: join(repository.gitDir, `index-${randomUUID()}`) };
  const run = (args: readonly string[]): Promise<string> => repository.run(['-C', folder, `--work-tree=${workTree}`, ...args], index);
  // Whatever it is that installed dependencies are called, they are installed anew where it is built.
  const wanted = ['.', ':(exclude,glob)**/node_modules/**', ':(exclude,glob)**/.venv/**'];
  const others = (await run(['ls-files', '--others', '--exclude-standard', '-z', '--', ...wanted])).split('\0');
  const inner = others.filter((path) => path.endsWith('/')).map((path) => path.slice(0, -1));
  await run(['add', '--all', '--', ...wanted, ...inner.map((path) => `:(exclude,literal)${path}`)]);
  for (const path of inner) {
    const place = Buffer.from(path, 'latin1').toString('utf8');
    const tree = await writeTree(repository, join(folder, place), join(folder, place));
    if (tree !== undefined) await run(['read-tree', `--prefix=${join(relative(workTree, folder), place)}/`, tree]);
  }
  if ((await run(['ls-files', '-z'])) === '') return undefined;
  return run(['write-tree', ...(workTree === folder ? [] : [`--prefix=${relative(workTree, folder)}/`])]);
}

async function ignores(run: RunGit, workTree: string, folder: string): Promise<boolean> {
  return run(['-C', folder, `--work-tree=${workTree}`, 'check-ignore', '--quiet', '--', folder]).then(
    () => true,
    () => false,
  );
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
