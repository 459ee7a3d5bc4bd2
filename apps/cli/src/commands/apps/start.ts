import type { Command } from 'commander';
import type { CliContext } from '../../context.ts';
import { addServerOptions, type ServerFlags } from '../add-options.ts';

export function addAppsStartCommand(parent: Command, context: CliContext): void {
  const command = parent
    .command('start')
    .summary('start an application that was stopped')
    .description('Start an application that was stopped.')
    .argument('<app>', 'name of the application');
  addServerOptions(command).action(async (app: string, flags: ServerFlags) => {
    const { runAppsStart } = await import('../../deploy/run-apps-start.ts');
    context.exitCode = await runAppsStart(app, flags, context);
  });
}
