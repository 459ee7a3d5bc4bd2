import { operations } from '@deployguard/contracts';
import { openClient } from '../client/open-client.ts';
import type { ServerFlags } from '../commands/add-options.ts';
import type { CliContext } from '../context.ts';
import { type ExitCode, exitCodes } from '../exit-code.ts';

export async function runWebhooksDelete(id: string, flags: ServerFlags, context: CliContext): Promise<ExitCode> {
  const client = await openClient(flags, context);
  await client.call(operations.deleteWebhook, { params: { id } });
  if (!flags.quiet) await context.stderr.write('The webhook is deleted.\n');
  return exitCodes.clean;
}
