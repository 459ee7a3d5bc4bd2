import { openClient } from '../client/open-client.ts';
import type { ServerFlags } from '../commands/add-options.ts';
import type { CliContext } from '../context.ts';
import type { ExitCode } from '../exit-code.ts';
import { judgeJob } from './judge-job.ts';
import { waitForJob } from './wait-for-job.ts';

/** With `--json`, each event is a line as it comes, and the job is the last. */
export async function runJobsWatch(id: string, flags: ServerFlags, context: CliContext): Promise<ExitCode> {
  const client = await openClient(flags, context);
  if (!flags.json) return await judgeJob(await waitForJob(client, id, context, { isQuiet: flags.quiet ?? false }), flags, context);
  const onEvent = (event: unknown): Promise<void> => context.stdout.write(`${JSON.stringify(event)}\n`);
  return await judgeJob(await waitForJob(client, id, context, { isQuiet: true, onEvent }), flags, context);
}
