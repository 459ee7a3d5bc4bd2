import type { Command } from 'commander';
import type { CliContext } from '../../context.ts';
import { addListOptions, addServerOptions, type ListFlags, type ServerFlags } from '../add-options.ts';

export function addAppsListCommand(parent: Command, context: CliContext): void {
  const command = parent
    .command('list')
    .summary('list your applications')
    .description('List your applications, newest first, and where their users find them.');
  addServerOptions(addListOptions(command)).action(async (flags: ServerFlags & ListFlags) => {
    const { runAppsList } = await import('../../deploy/run-apps-list.ts');
    context.exitCode = await runAppsList(flags, context);
  });
}
