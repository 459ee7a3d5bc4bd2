import { operations } from '@deployguard/contracts';
import { openClient } from '../client/open-client.ts';
import { printAnswer } from '../client/print-answer.ts';
import type { ServerFlags } from '../commands/add-options.ts';
import type { CliContext } from '../context.ts';
import { type ExitCode, exitCodes } from '../exit-code.ts';

export async function runWebhooksDelete(id: string, flags: ServerFlags, context: CliContext): Promise<ExitCode> {
  const client = await openClient(flags, context);
  const webhook = await client.call(operations.deleteWebhook, { params: { id } });
  await printAnswer(webhook, flags, context, () => `The webhook for ${webhook.url} is deleted.\n`);
  return exitCodes.clean;
}
