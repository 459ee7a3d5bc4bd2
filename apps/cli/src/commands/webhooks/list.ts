import type { Command } from 'commander';
import type { CliContext } from '../../context.ts';
import { addListOptions, addServerOptions, type ListFlags, type ServerFlags } from '../add-options.ts';

export function addWebhooksListCommand(parent: Command, context: CliContext): void {
  const command = parent.command('list').summary('list the addresses, newest first').description('List the addresses, newest first.');
  addServerOptions(addListOptions(command)).action(async (flags: ServerFlags & ListFlags) => {
    const { runWebhooksList } = await import('../../webhooks/run-webhooks-list.ts');
    context.exitCode = await runWebhooksList(flags, context);
  });
}
