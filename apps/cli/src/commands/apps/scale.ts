import type { Command } from 'commander';
import type { CliContext } from '../../context.ts';
import { addServerOptions, parseCount, type ServerFlags } from '../add-options.ts';

export function addAppsScaleCommand(parent: Command, context: CliContext): void {
  const command = parent
    .command('scale')
    .summary('choose how many instances run')
    .description('Choose how many instances of an application run side by side; they share the requests.')
    .argument('<app>', 'name of the application')
    .argument('<instances>', 'how many', parseCount);
  addServerOptions(command).action(async (app: string, instances: number, flags: ServerFlags) => {
    const { runAppsScale } = await import('../../deploy/run-apps-scale.ts');
    context.exitCode = await runAppsScale(app, instances, flags, context);
  });
}
