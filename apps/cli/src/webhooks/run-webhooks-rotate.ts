import { operations } from '@deployguard/contracts';
import { openClient } from '../client/open-client.ts';
import { printAnswer } from '../client/print-answer.ts';
import type { WebhooksRotateFlags } from '../commands/webhooks/rotate.ts';
import type { CliContext } from '../context.ts';
import { type ExitCode, exitCodes } from '../exit-code.ts';

/** The secret alone on standard output, so that it can be piped on. */
export async function runWebhooksRotate(id: string, flags: WebhooksRotateFlags, context: CliContext): Promise<ExitCode> {
  const client = await openClient(flags, context);
  const body = { ...(flags.overlapSeconds !== undefined && { overlap_seconds: flags.overlapSeconds }) };
  const made = await client.call(operations.rotateWebhook, { params: { id }, body });
  await printAnswer(made, flags, context, () => `${made.secret}\n`);
  const { old_secrets_until: until } = made.webhook;
  const old = until === null ? 'The old one counts no more.' : `The old one counts until ${until}.`;
  if (!flags.quiet) await context.stderr.write(`Keep the secret: it is not shown again. ${old}\n`);
  return exitCodes.clean;
}
