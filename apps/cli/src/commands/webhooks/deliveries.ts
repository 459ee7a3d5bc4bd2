import type { Command } from 'commander';
import type { CliContext } from '../../context.ts';
import { addListOptions, addServerOptions, type ListFlags, type ServerFlags } from '../add-options.ts';

export function addWebhooksDeliveriesCommand(parent: Command, context: CliContext): void {
  const command = parent
    .command('deliveries')
    .summary('list what was posted, and what came back')
    .description('List what was posted to an address, and what came back, newest first.')
    .argument('<webhook>', 'id of the webhook');
  addServerOptions(addListOptions(command)).action(async (id: string, flags: ServerFlags & ListFlags) => {
    const { runWebhooksDeliveries } = await import('../../webhooks/run-webhooks-deliveries.ts');
    context.exitCode = await runWebhooksDeliveries(id, flags, context);
  });
}
