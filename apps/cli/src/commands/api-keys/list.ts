import type { Command } from 'commander';
import type { CliContext } from '../../context.ts';
import { addListOptions, addServerOptions, type ListFlags, type ServerFlags } from '../add-options.ts';

export type ApiKeysListFlags = ServerFlags & ListFlags;

export function addApiKeysListCommand(parent: Command, context: CliContext): void {
  const command = parent
    .command('list')
    .summary('list your keys, newest first')
    .description('List your keys, newest first, without the keys themselves.');
  addServerOptions(addListOptions(command)).action(async (flags: ApiKeysListFlags) => {
    const { runApiKeysList } = await import('../../api-keys/run-api-keys-list.ts');
    context.exitCode = await runApiKeysList(flags, context);
  });
}
