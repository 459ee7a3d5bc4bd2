import type { Command } from 'commander';
import type { CliContext } from '../../../context.ts';
import { addServerOptions, type ServerFlags } from '../../add-options.ts';

export interface AppsEnvSetFlags extends ServerFlags {
  readonly allowEmpty?: boolean;
}

export function addAppsEnvSetCommand(parent: Command, context: CliContext): void {
  const command = parent
    .command('set')
    .summary('set variables')
    .description(
      'Set variables of an application. Values are kept encrypted and never shown; the next deployment has them. A value that is read from standard input stands in no history of the shell.',
    )
    .argument('<app>', 'name of the application')
    .argument('<variables...>', 'NAME=value, or NAME alone: its value is read from standard input')
    .option('--allow-empty', 'take an empty standard input for an empty value');
  addServerOptions(command).action(async (app: string, variables: readonly string[], flags: AppsEnvSetFlags) => {
    const { runAppsEnvSet } = await import('../../../deploy/run-apps-env-set.ts');
    context.exitCode = await runAppsEnvSet(app, variables, flags, context);
  });
}
