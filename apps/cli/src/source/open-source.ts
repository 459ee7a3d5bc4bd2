import { existsSync } from 'node:fs';
import { basename } from 'node:path';
import { cloneRepository, GitError, openLocalRepository, parseCloneUrl, type Repository } from '@deployguard/git';
import { neutralizeText } from '@deployguard/reports';
import type { RepositoryFlags } from '../commands/add-options.ts';
import type { CliContext } from '../context.ts';
import type { Progress } from '../terminal/progress.ts';
import { quoteWord } from '../terminal/quote-word.ts';
import { choosePath } from './choose-path.ts';
import { chooseTransfer } from './choose-transfer.ts';
import { createWorkDirectory } from './create-work-directory.ts';
import { findInterruptedSwap } from './find-interrupted-swap.ts';
import { findTopDirectory } from './find-top-directory.ts';

/** A repository that a command works on. */
export interface OpenSource extends AsyncDisposable {
  readonly repository: Repository;
  /** For reports: the folder's name, or the address without credentials. */
  readonly name: string;
  /** Private; goes with the source. */
  readonly workDirectory: string;
  /** Absolute; absent for a remote repository. */
  readonly path?: string;
  /** Without credentials; absent for a local repository. */
  readonly url?: string;
}

/** Opens what the user named, in a private directory that goes when the source is disposed. Warns of what it does not hold. */
export async function openSource(flags: RepositoryFlags, context: CliContext, progress: Progress): Promise<OpenSource> {
  const workDirectory = await createWorkDirectory();
  const { path } = workDirectory;
  try {
    const opened = flags.url === undefined ? await openPath(flags, context, path) : await openUrl(flags.url, context, progress, path);
    for (const { message } of opened.repository.obstacles) await warn(message, context, progress);
    return {
      ...opened,
      workDirectory: path,
      async [Symbol.asyncDispose]() {
        await opened.repository.close();
        await workDirectory[Symbol.asyncDispose]();
      },
    };
  } catch (error) {
    await workDirectory[Symbol.asyncDispose]();
    throw error;
  }
}

type Opened = Pick<OpenSource, 'repository' | 'name' | 'path' | 'url'>;

async function openPath({ repoPath }: RepositoryFlags, context: CliContext, workDirectory: string): Promise<Opened> {
  const path = choosePath(repoPath, context);
  const { signal } = context;
  try {
    return { repository: await openLocalRepository(path, { workDirectory, signal }), name: nameOf(path), path };
  } catch (error) {
    throw explainInnerPath(error, path);
  }
}

/** What is told of a path without a repository. A folder inside one is not taken for the repository: what is written beside it would land in the work tree. */
function explainInnerPath(error: unknown, path: string): unknown {
  if (!(error instanceof GitError) || error.code !== 'NOT_A_REPOSITORY') return error;
  const swap = findInterruptedSwap(path);
  if (swap) {
    const [from, to] = [quoteWord(swap.backup), quoteWord(swap.place)];
    return new GitError('NOT_A_REPOSITORY', `A cleaning in place was interrupted at ${path}. Nothing is lost: mv ${from} ${to}`);
  }
  const top = findTopDirectory(path);
  if (top === path || !existsSync(path)) return error;
  return new GitError('NOT_A_REPOSITORY', `${path} lies in the repository ${top}. Name that one: --repo-path ${quoteWord(top)}`);
}

/** `app` for `app`, `app.git`, `app/.git` and `app.bundle`. */
function nameOf(path: string): string {
  return basename(path.replace(/[\\/]\.git$/, '')).replace(/\.(?:git|bundle)$/, '');
}

/** What lies on this machine is read where it is, whatever it is called. */
async function openUrl(url: string, context: CliContext, progress: Progress, workDirectory: string): Promise<Opened> {
  const { url: plainUrl, protocol } = parseCloneUrl(url, { allowFile: true });
  if (protocol === 'file') return await openPath({ repoPath: plainUrl }, context, workDirectory);
  const repository = await cloneRepository(url, {
    ...chooseTransfer(url, context),
    workDirectory,
    onProgress: ({ phase, done, total }) => progress.update({ label: `Cloning: ${phase}`, done, total }),
    signal: context.signal,
  });
  return { repository, name: plainUrl, url: plainUrl };
}

async function warn(message: string, { stderr }: CliContext, progress: Progress): Promise<void> {
  progress.clear();
  await stderr.write(`${stderr.paint('yellow', 'warning:')} ${neutralizeText(message)}\n`);
}
