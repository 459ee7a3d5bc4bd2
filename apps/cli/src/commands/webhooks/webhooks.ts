import type { Command } from 'commander';
import type { CliContext } from '../../context.ts';
import { addWebhooksCreateCommand } from './create.ts';
import { addWebhooksDeleteCommand } from './delete.ts';
import { addWebhooksDeliveriesCommand } from './deliveries.ts';
import { addWebhooksListCommand } from './list.ts';
import { addWebhooksReplayCommand } from './replay.ts';
import { addWebhooksRotateCommand } from './rotate.ts';

export function addWebhooksCommand(program: Command, context: CliContext): void {
  const command = program
    .command('webhooks')
    .summary('have events of jobs posted to you')
    .description('Addresses that events of jobs are posted to.');
  addWebhooksCreateCommand(command, context);
  addWebhooksListCommand(command, context);
  addWebhooksDeliveriesCommand(command, context);
  addWebhooksReplayCommand(command, context);
  addWebhooksRotateCommand(command, context);
  addWebhooksDeleteCommand(command, context);
}
