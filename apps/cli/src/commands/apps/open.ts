import type { Command } from 'commander';
import type { CliContext } from '../../context.ts';
import { addServerOptions, type ServerFlags } from '../add-options.ts';

export function addAppsOpenCommand(parent: Command, context: CliContext): void {
  const command = parent
    .command('open')
    .summary('print the address of an application, and open it')
    .description('Print where users find an application; at a terminal, open it in the browser.')
    .argument('<app>', 'name of the application');
  addServerOptions(command).action(async (app: string, flags: ServerFlags) => {
    const { runAppsOpen } = await import('../../deploy/run-apps-open.ts');
    context.exitCode = await runAppsOpen(app, flags, context);
  });
}
