import type { Command } from 'commander';
import type { CliContext } from '../../context.ts';
import { addServerOptions, parseCount, type ServerFlags } from '../add-options.ts';

export interface AppsDestroyFlags extends ServerFlags {
  readonly deployment?: number;
  readonly yes?: boolean;
}

export function addAppsDestroyCommand(parent: Command, context: CliContext): void {
  const command = parent
    .command('destroy')
    .summary('destroy an application and all that belongs to it')
    .description('Destroy an application: what runs, its releases, its variables. What is being deployed is cancelled.')
    .argument('<app>', 'name of the application')
    .option('--deployment <number>', 'only what this deployment created; one that is under way is cancelled', parseCount)
    .option('--yes', 'do not ask');
  addServerOptions(command).action(async (app: string, flags: AppsDestroyFlags) => {
    const { runAppsDestroy } = await import('../../deploy/run-apps-destroy.ts');
    context.exitCode = await runAppsDestroy(app, flags, context);
  });
}
