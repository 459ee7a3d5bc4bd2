import type { Command } from 'commander';
import type { CliContext } from '../../context.ts';
import { addServerOptions, type ServerFlags } from '../add-options.ts';

export function addWebhooksDeleteCommand(parent: Command, context: CliContext): void {
  const command = parent
    .command('delete')
    .summary('post nothing more to an address')
    .description('Post nothing more to an address, and forget what was.')
    .argument('<webhook>', 'id of the webhook');
  addServerOptions(command).action(async (id: string, flags: ServerFlags) => {
    const { runWebhooksDelete } = await import('../../webhooks/run-webhooks-delete.ts');
    context.exitCode = await runWebhooksDelete(id, flags, context);
  });
}
