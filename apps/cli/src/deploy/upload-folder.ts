import { lstatSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { displayName, listUncommitted, type Repository } from '@deployguard/git';
import { neutralizeText } from '@deployguard/reports';
import { CliError } from '../cli-error.ts';
import type { ServerClient } from '../client/server-client.ts';
import { uploadBundle } from '../client/upload-bundle.ts';
import type { DeployFlags } from '../commands/deploy.ts';
import type { CliContext } from '../context.ts';
import { createWorkDirectory } from '../source/create-work-directory.ts';
import { packRepository } from '../source/pack-repository.ts';
import { createProgress, type Progress } from '../terminal/progress.ts';
import { openFolder } from './open-folder.ts';

/** Hands a folder over, and says what of it stays behind. */
export async function uploadFolder(
  client: ServerClient,
  source: string,
  { app, branch, commit, quiet = false }: DeployFlags,
  context: CliContext,
): Promise<{ source_id: string; application: string; commit?: string }> {
  const folder = resolve(context.workingDirectory, source);
  const application = app ?? nameOf(folder);
  const progress = createProgress(context.stderr, { isQuiet: quiet });
  await using work = await createWorkDirectory();
  try {
    progress.update({ label: 'Packing', done: 0, total: 0 });
    await using repository = await openFolder(folder, work.path, context.signal);
    if (!quiet && branch === undefined && commit === undefined) await warnOfUncommitted(repository, folder, progress, context);
    const id = await findCommit(repository, folder, branch, commit);
    const file = join(work.path, 'upload.bundle');
    await packRepository(repository, folder, file);
    return { source_id: await uploadBundle(client, file, progress), application, ...(id !== undefined && { commit: id }) };
  } finally {
    progress.stop();
  }
}

/**
 * The whole id of the commit that was named.
 *
 * @throws {CliError} `NO_COMMIT`, `USAGE`
 */
async function findCommit(repository: Repository, folder: string, branch?: string, commit?: string): Promise<string | undefined> {
  const { git, head, refs } = repository;
  if (refs.length === 0 && head === undefined)
    throw new CliError(
      'NO_COMMIT',
      `${folder} is a repository without a commit. Commit what is to be deployed: git add --all && git commit`,
    );
  if (head === undefined && branch === undefined && commit === undefined)
    throw new CliError(
      'NO_COMMIT',
      `The branch that is checked out in ${folder} has no commit. Commit what is to be deployed, or name another branch: --branch <name>`,
    );
  if (commit === undefined) return undefined;
  try {
    return (await git.run(['rev-parse', '--verify', '--quiet', '--end-of-options', `${commit}^{commit}`])).toString('latin1').trim();
  } catch {
    throw new CliError('USAGE', `--commit: there is no commit ${commit} in ${folder}, or several begin like that.`);
  }
}

const shownNames = 3;

/** What lies in a work tree and not in its last commit is easily thought to be deployed. */
async function warnOfUncommitted(repository: Repository, folder: string, progress: Progress, { stderr }: CliContext): Promise<void> {
  if (lstatSync(join(folder, '.git'), { throwIfNoEntry: false }) === undefined) return;
  // An index that git does not read is no reason to deploy nothing.
  const files = await listUncommitted(repository, folder).catch(() => []);
  if (files.length === 0) return;
  const names = files.slice(0, shownNames).map((name) => neutralizeText(displayName(name)));
  const more = files.length > shownNames ? ` and ${files.length - shownNames} more` : '';
  const what = files.length === 1 ? '1 change is not committed, and is not' : `${files.length} changes are not committed, and are not`;
  progress.clear();
  await stderr.write(`${stderr.paint('yellow', 'warning:')} ${what} deployed: ${names.join(', ')}${more}. Commit to deploy it.\n`);
}

/** @throws {CliError} `USAGE` where a folder's name holds nothing that an address can. */
function nameOf(folder: string): string {
  const name = basename(folder)
    .replace(/\.(?:git|bundle)$/i, '')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .slice(0, 40)
    .replaceAll(/^-+|(?<!-)-+$/g, '');
  if (name === '') throw new CliError('USAGE', `${folder} has no name that an address can hold. Choose one: --app <name>.`);
  return name;
}
