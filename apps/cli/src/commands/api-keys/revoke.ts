import type { Command } from 'commander';
import type { CliContext } from '../../context.ts';
import { addServerOptions, type ServerFlags } from '../add-options.ts';

export function addApiKeysRevokeCommand(parent: Command, context: CliContext): void {
  const command = parent
    .command('revoke')
    .summary('end a key')
    .description('End a key at once, and all that were made with it.')
    .argument('<key>', 'id of the key');
  addServerOptions(command).action(async (id: string, flags: ServerFlags) => {
    const { runApiKeysRevoke } = await import('../../api-keys/run-api-keys-revoke.ts');
    context.exitCode = await runApiKeysRevoke(id, flags, context);
  });
}
