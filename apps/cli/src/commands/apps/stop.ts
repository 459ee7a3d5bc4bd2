import type { Command } from 'commander';
import type { CliContext } from '../../context.ts';
import { addServerOptions, type ServerFlags } from '../add-options.ts';

export function addAppsStopCommand(parent: Command, context: CliContext): void {
  const command = parent
    .command('stop')
    .summary('stop an application')
    .description('Stop an application. Its releases stay: it can be started again.')
    .argument('<app>', 'name of the application');
  addServerOptions(command).action(async (app: string, flags: ServerFlags) => {
    const { runAppsStop } = await import('../../deploy/run-apps-stop.ts');
    context.exitCode = await runAppsStop(app, flags, context);
  });
}
