import { lstatSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { operations } from '@deployguard/contracts';
import { openLocalRepository, type Repository } from '@deployguard/git';
import { writeBundle } from '@deployguard/secrets';
import { CliError } from '../cli-error.ts';
import { openClient } from '../client/open-client.ts';
import type { ServerClient } from '../client/server-client.ts';
import { uploadBundle } from '../client/upload-bundle.ts';
import type { DeployFlags } from '../commands/deploy.ts';
import type { CliContext } from '../context.ts';
import { type ExitCode, exitCodes } from '../exit-code.ts';
import { createWorkDirectory } from '../source/create-work-directory.ts';
import { createProgress } from '../terminal/progress.ts';
import { judgeDeployment } from './judge-deployment.ts';
import { createShownLines } from './shown-lines.ts';
import { snapshotFolder } from './snapshot-folder.ts';
import { waitForDeployment } from './wait-for-deployment.ts';

export async function runDeploy(source: string, flags: DeployFlags, context: CliContext): Promise<ExitCode> {
  const { branch, commit, credentials, root, app } = flags;
  const waivers = readWaivers(flags);
  const client = await openClient(flags, context);
  const isUrl = /^(?:https|ssh):\/\//.test(source);
  const from = isUrl
    ? { repo_url: source, ...(app !== undefined && { application: app }) }
    : await uploadFolder(client, source, flags, context);
  const body = {
    ...from,
    ...(branch !== undefined && { branch }),
    ...(commit !== undefined && { commit }),
    ...(credentials !== undefined && { credentials_id: credentials }),
    ...(waivers.length > 0 && { waivers }),
    ...(root !== undefined && { config: { application: { root } } }),
  };
  const deployment = await client.call(operations.createDeployment, { body });
  if (flags.detach) {
    await context.stdout.write(flags.json ? `${JSON.stringify(deployment, undefined, 2)}\n` : `${deployment.id}\n`);
    if (!flags.quiet && !flags.json) {
      await context.stderr.write(
        `Accepted. \`deployguard apps logs ${deployment.application} --deployment ${deployment.number} --follow\` follows it.\n`,
      );
    }
    return exitCodes.clean;
  }
  const isQuiet = (flags.quiet ?? false) || (flags.json ?? false);
  const shown = createShownLines();
  return await judgeDeployment(await waitForDeployment(client, deployment.id, context, { isQuiet, shown }), flags, context, shown);
}

function readWaivers({ waive = [], reason }: DeployFlags): { finding_id: string; reason: string }[] {
  if (waive.length === 0) return [];
  if (reason === undefined) throw new CliError('USAGE', '--waive needs --reason: why these secrets may stay in the history.');
  return waive.map((id) => ({ finding_id: id, reason }));
}

async function uploadFolder(
  client: ServerClient,
  source: string,
  { app, quiet = false }: DeployFlags,
  context: CliContext,
): Promise<{ source_id: string; application: string }> {
  const folder = resolve(context.workingDirectory, source);
  const application = app ?? nameOf(folder);
  const progress = createProgress(context.stderr, { isQuiet: quiet });
  await using work = await createWorkDirectory();
  try {
    progress.update({ label: 'Packing', done: 0, total: 0 });
    await using repository = await openFolder(folder, work.path, context.signal);
    const file = join(work.path, 'upload.bundle');
    await writeBundle(repository, file);
    return { source_id: await uploadBundle(client, file, progress), application };
  } finally {
    progress.stop();
  }
}

/** A repository is taken as what is committed; any other folder, also one inside of a repository, as what lies in it. */
async function openFolder(folder: string, workDirectory: string, signal: AbortSignal): Promise<Repository> {
  const found = lstatSync(folder, { throwIfNoEntry: false });
  if (found === undefined)
    throw new CliError('USAGE', `There is no ${folder}. Name a folder, or the address of a repository (https, ssh).`);
  const has = (name: string): boolean => lstatSync(join(folder, name), { throwIfNoEntry: false }) !== undefined;
  const isRepository = !found.isDirectory() || has('.git') || (has('HEAD') && has('objects') && has('refs'));
  return isRepository ? openLocalRepository(folder, { workDirectory, signal }) : snapshotFolder(folder, workDirectory, signal);
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
