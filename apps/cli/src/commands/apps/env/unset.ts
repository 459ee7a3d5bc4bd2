import type { Command } from 'commander';
import type { CliContext } from '../../../context.ts';
import { addServerOptions, type ServerFlags } from '../../add-options.ts';

export function addAppsEnvUnsetCommand(parent: Command, context: CliContext): void {
  const command = parent
    .command('unset')
    .summary('unset variables')
    .description('Unset variables of an application; the next deployment does not have them.')
    .argument('<app>', 'name of the application')
    .argument('<names...>', 'names of the variables');
  addServerOptions(command).action(async (app: string, names: readonly string[], flags: ServerFlags) => {
    const { runAppsEnvUnset } = await import('../../../deploy/run-apps-env-unset.ts');
    context.exitCode = await runAppsEnvUnset(app, names, flags, context);
  });
}
