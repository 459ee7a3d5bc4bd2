import type { Command } from 'commander';
import type { CliContext } from '../../context.ts';
import { addServerOptions, parseCount, type ServerFlags } from '../add-options.ts';

export interface AppsPinFlags extends ServerFlags {
  readonly off?: boolean;
}

export function addAppsPinCommand(parent: Command, context: CliContext): void {
  const command = parent
    .command('pin')
    .summary('keep a release, however many come after it')
    .description('Keep a release, so that it can be rolled back to however many are deployed after it.')
    .argument('<app>', 'name of the application')
    .argument('<release>', 'number of the release', parseCount)
    .option('--off', 'let it go its way again');
  addServerOptions(command).action(async (app: string, release: number, flags: AppsPinFlags) => {
    const { runAppsPin } = await import('../../deploy/run-apps-pin.ts');
    context.exitCode = await runAppsPin(app, release, flags, context);
  });
}
