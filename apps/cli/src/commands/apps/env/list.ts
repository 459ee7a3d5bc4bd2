import type { Command } from 'commander';
import type { CliContext } from '../../../context.ts';
import { addServerOptions, type ServerFlags } from '../../add-options.ts';

export function addAppsEnvListCommand(parent: Command, context: CliContext): void {
  const command = parent
    .command('list')
    .summary('list the names of the variables')
    .description('List the names of the variables that an application is started with. Values are never shown.')
    .argument('<app>', 'name of the application');
  addServerOptions(command).action(async (app: string, flags: ServerFlags) => {
    const { runAppsEnvList } = await import('../../../deploy/run-apps-env-list.ts');
    context.exitCode = await runAppsEnvList(app, flags, context);
  });
}
