import { webhookEvents } from '@deployguard/contracts/words';
import { type Command, Option } from 'commander';
import type { CliContext } from '../../context.ts';
import { addServerOptions, type ServerFlags } from '../add-options.ts';

export interface WebhooksCreateFlags extends ServerFlags {
  readonly url: string;
  readonly event: readonly (typeof webhookEvents)[number][];
  readonly description?: string;
}

export function addWebhooksCreateCommand(parent: Command, context: CliContext): void {
  const command = parent
    .command('create')
    .summary('have events posted to an address')
    .description('Have events posted to an address, and print the secret that they are signed with: the only time that it is shown.')
    .requiredOption('--url <url>', 'where to')
    .addOption(new Option('--event <event...>', 'only these (default: all)').choices(webhookEvents).default(webhookEvents, 'all'))
    .option('--description <text>', 'what it is for');
  addServerOptions(command).action(async (flags: WebhooksCreateFlags) => {
    const { runWebhooksCreate } = await import('../../webhooks/run-webhooks-create.ts');
    context.exitCode = await runWebhooksCreate(flags, context);
  });
}
