import { operations } from '@deployguard/contracts';
import { openClient } from '../client/open-client.ts';
import { printAnswer } from '../client/print-answer.ts';
import type { ServerFlags } from '../commands/add-options.ts';
import type { CliContext } from '../context.ts';
import { type ExitCode, exitCodes } from '../exit-code.ts';

export async function runWebhooksReplay(id: string, deliveryId: string, flags: ServerFlags, context: CliContext): Promise<ExitCode> {
  const client = await openClient(flags, context);
  const delivery = await client.call(operations.replayWebhookDelivery, { params: { id, delivery_id: deliveryId } });
  await printAnswer(delivery, flags, context, () => `The delivery is ${delivery.state}.\n`);
  return exitCodes.clean;
}
