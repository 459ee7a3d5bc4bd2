import { operations } from '@deployguard/contracts';
import { openClient } from '../client/open-client.ts';
import { printAnswer } from '../client/print-answer.ts';
import type { WebhooksCreateFlags } from '../commands/webhooks/create.ts';
import type { CliContext } from '../context.ts';
import { type ExitCode, exitCodes } from '../exit-code.ts';

/** The secret alone on standard output, so that it can be piped on. */
export async function runWebhooksCreate(flags: WebhooksCreateFlags, context: CliContext): Promise<ExitCode> {
  const { url, event, description } = flags;
  const client = await openClient(flags, context);
  const body = { url, events: [...new Set(event)], ...(description !== undefined && { description }) };
  const made = await client.call(operations.createWebhook, { body });
  await printAnswer(made, flags, context, () => `${made.secret}\n`);
  if (!flags.quiet) await context.stderr.write(`Keep the secret: it is not shown again. The id of the webhook is ${made.webhook.id}.\n`);
  return exitCodes.clean;
}
