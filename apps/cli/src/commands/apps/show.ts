import type { Command } from 'commander';
import type { CliContext } from '../../context.ts';
import { addServerOptions, type ServerFlags } from '../add-options.ts';

export function addAppsShowCommand(parent: Command, context: CliContext): void {
  const command = parent
    .command('show')
    .summary('show an application and its last deployment')
    .description('Show an application, what its users have, and how its last deployment went.')
    .argument('<app>', 'name of the application');
  addServerOptions(command).action(async (app: string, flags: ServerFlags) => {
    const { runAppsShow } = await import('../../deploy/run-apps-show.ts');
    context.exitCode = await runAppsShow(app, flags, context);
  });
}
