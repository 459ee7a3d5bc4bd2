import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { cloneRepository, openLocalRepository, parseCloneUrl, type Repository } from '@deployguard/git';
import { neutralizeText } from '@deployguard/reports';
import type { RepositoryFlags } from '../commands/add-options.ts';
import type { CliContext } from '../context.ts';
import type { Progress } from '../terminal/progress.ts';
import { chooseTransfer } from './choose-transfer.ts';
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
  const workDirectory = await mkdtemp(join(tmpdir(), 'deployguard-'));
  try {
    const opened =
      flags.url === undefined ? await openPath(flags, context, workDirectory) : await openUrl(flags.url, context, progress, workDirectory);
    for (const { message } of opened.repository.obstacles) await warn(message, context, progress);
    return {
      ...opened,
      workDirectory,
      async [Symbol.asyncDispose]() {
        await opened.repository.close();
        await rm(workDirectory, { recursive: true, force: true });
      },
    };
  } catch (error) {
    await rm(workDirectory, { recursive: true, force: true });
    throw error;
  }
}

type Opened = Pick<OpenSource, 'repository' | 'name' | 'path' | 'url'>;

async function openPath({ repoPath }: RepositoryFlags, { workingDirectory, signal }: CliContext, workDirectory: string): Promise<Opened> {
  const path = repoPath === undefined ? findTopDirectory(workingDirectory) : resolve(workingDirectory, repoPath);
  return { repository: await openLocalRepository(path, { workDirectory, signal }), name: nameOf(path), path };
}

/** `app` for `app`, `app.git`, `app/.git` and `app.bundle`. */
function nameOf(path: string): string {
  return basename(path.replace(/[\\/]\.git$/, '')).replace(/\.(?:git|bundle)$/, '');
}

async function openUrl(url: string, context: CliContext, progress: Progress, workDirectory: string): Promise<Opened> {
  const { url: plainUrl } = parseCloneUrl(url);
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
