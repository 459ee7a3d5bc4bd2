import type { Command } from 'commander';
import type { CliContext } from '../../context.ts';
import { addServerOptions, parseCount, type ServerFlags } from '../add-options.ts';

export interface AppsCancelFlags extends ServerFlags {
  readonly deployment?: number;
}

export function addAppsCancelCommand(parent: Command, context: CliContext): void {
  const command = parent
    .command('cancel')
    .summary('cancel a deployment that is under way')
    .description('Cancel a deployment that is under way or waits for its turn. Users keep what they have.')
    .argument('<app>', 'name of the application')
    .option('--deployment <number>', 'this deployment (default: the one that is under way)', parseCount);
  addServerOptions(command).action(async (app: string, flags: AppsCancelFlags) => {
    const { runAppsCancel } = await import('../../deploy/run-apps-cancel.ts');
    context.exitCode = await runAppsCancel(app, flags, context);
  });
}
