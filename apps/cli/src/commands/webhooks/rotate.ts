import { type Command, Option } from 'commander';
import type { CliContext } from '../../context.ts';
import { addServerOptions, parseCount, type ServerFlags } from '../add-options.ts';

export interface WebhooksRotateFlags extends ServerFlags {
  readonly overlapSeconds?: number;
}

export function addWebhooksRotateCommand(parent: Command, context: CliContext): void {
  const command = parent
    .command('rotate')
    .summary('sign events with a new secret')
    .description(
      'Sign events with a new secret, and for a while with the old one as well. Prints the new one: the only time that it is shown.',
    )
    .argument('<webhook>', 'id of the webhook')
    .addOption(
      new Option('--overlap-seconds <seconds>', 'how long the old secret still counts; 0 when it has leaked (default: a day)').argParser(
        parseCount,
      ),
    );
  addServerOptions(command).action(async (id: string, flags: WebhooksRotateFlags) => {
    const { runWebhooksRotate } = await import('../../webhooks/run-webhooks-rotate.ts');
    context.exitCode = await runWebhooksRotate(id, flags, context);
  });
}
