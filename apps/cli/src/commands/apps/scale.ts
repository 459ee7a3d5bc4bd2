import type { Command } from 'commander';
import type { CliContext } from '../../context.ts';
import { addServerOptions, type ServerFlags } from '../add-options.ts';

export function addAppsScaleCommand(parent: Command, context: CliContext): void {
  const command = parent
    .command('scale')
    .summary('choose how many instances run')
    .description(
      'Choose how many instances of an application run side by side; they share the requests. `worker=2` chooses it for a process beside the one that users reach, which is `web`.',
    )
    .argument('<app>', 'name of the application')
    .argument('<instances...>', 'how many: 3, or web=3 worker=2');
  addServerOptions(command).action(async (app: string, instances: readonly string[], flags: ServerFlags) => {
    const { runAppsScale } = await import('../../deploy/run-apps-scale.ts');
    context.exitCode = await runAppsScale(app, instances, flags, context);
  });
}
