import { join } from 'node:path';
import { operations } from '@deployguard/contracts';
import { CliError } from '../cli-error.ts';
import { openClient } from '../client/open-client.ts';
import type { ServerClient } from '../client/server-client.ts';
import { uploadBundle } from '../client/upload-bundle.ts';
import type { JobsCreateFlags } from '../commands/jobs/create.ts';
import type { CliContext } from '../context.ts';
import type { ExitCode } from '../exit-code.ts';
import { openSource } from '../source/open-source.ts';
import { packRepository } from '../source/pack-repository.ts';
import { startProgress } from '../start-progress.ts';
import { startWork } from './start-work.ts';

export async function runJobsCreate(flags: JobsCreateFlags, context: CliContext): Promise<ExitCode> {
  const { url, branch, credentials, platform } = flags;
  if (branch !== undefined && url === undefined) throw new CliError('USAGE', '--branch belongs to --url: an upload is scanned as a whole.');
  const client = await openClient(flags, context);
  const source = url === undefined ? { source_id: await uploadSource(client, flags, context) } : { source_url: url };
  const body = {
    source_platform: platform,
    ...source,
    ...(branch !== undefined && { source_branch: branch }),
    ...(credentials !== undefined && { source_credentials_id: credentials }),
  };
  return await startWork(client, flags, context, { begin: () => client.call(operations.createJob, { body }) });
}

/** Packs the history of a local repository into one file and hands it over. Nothing of the repository itself is run or changed. */
async function uploadSource(client: ServerClient, flags: JobsCreateFlags, context: CliContext): Promise<string> {
  const progress = startProgress({ ...flags, color: true }, context);
  try {
    await using source = await openSource({ ...(flags.repoPath !== undefined && { repoPath: flags.repoPath }) }, context, progress);
    progress.update({ label: 'Packing the history', done: 0, total: 0 });
    const file = join(source.workDirectory, 'upload.bundle');
    await packRepository(source.repository, source.name, file);
    return await uploadBundle(client, file, progress);
  } finally {
    progress.stop();
  }
}
