import type { Command } from 'commander';
import type { CliContext } from '../../context.ts';
import { addServerOptions, type ServerFlags } from '../add-options.ts';

export function addWebhooksReplayCommand(parent: Command, context: CliContext): void {
  const command = parent
    .command('replay')
    .summary('post an event again')
    .description('Post an event again, under the same id.')
    .argument('<webhook>', 'id of the webhook')
    .argument('<delivery>', 'id of the delivery');
  addServerOptions(command).action(async (id: string, deliveryId: string, flags: ServerFlags) => {
    const { runWebhooksReplay } = await import('../../webhooks/run-webhooks-replay.ts');
    context.exitCode = await runWebhooksReplay(id, deliveryId, flags, context);
  });
}
