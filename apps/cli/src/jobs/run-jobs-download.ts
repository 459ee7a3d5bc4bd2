import { resolve } from 'node:path';
import { operations } from '@deployguard/contracts';
import { openClient } from '../client/open-client.ts';
import { assertFree, saveDownload } from '../client/save-download.ts';
import { ServerError } from '../client/server-error.ts';
import type { JobsDownloadFlags } from '../commands/jobs/download.ts';
import type { CliContext } from '../context.ts';
import { type ExitCode, exitCodes } from '../exit-code.ts';
import { formatBytes } from '../terminal/format-quantity.ts';
import { createProgress } from '../terminal/progress.ts';

export async function runJobsDownload(id: string, flags: JobsDownloadFlags, context: CliContext): Promise<ExitCode> {
  const { stdout, stderr, signal, workingDirectory } = context;
  const { format, force: isForced = false } = flags;
  const file = resolve(workingDirectory, flags.output ?? `${id}.cleaned.${format}`);
  await assertFree(file, isForced);
  const client = await openClient(flags, context);
  const answer = await client.open(operations.downloadJob, { params: { id }, query: { format } });
  const link = answer.headers.get('location');
  if (link === null) throw new ServerError('SERVER_UNKNOWN', `${client.url} answers a download in a way that this version does not know.`);

  const progress = createProgress(stderr, { isQuiet: flags.quiet ?? false });
  const bytes = await saveDownload(await client.follow(link), file, { signal, progress, isForced });
  await stdout.write(`${file}\n`);
  if (!flags.quiet) await stderr.write(`${formatBytes(bytes)} downloaded.\n`);
  return exitCodes.clean;
}
