import type { Command } from 'commander';
import type { CliContext } from '../../context.ts';
import { addServerOptions, parseCount, type ServerFlags } from '../add-options.ts';

export interface AppsRestartFlags extends ServerFlags {
  readonly release?: number;
  readonly detach?: boolean;
}

export function addAppsRestartCommand(parent: Command, context: CliContext): void {
  const command = parent
    .command('restart')
    .summary('start it anew, with the variables that are set now')
    .description(
      'Start an application anew, with the variables that are set now, as a new release of what is built already. Its release command runs, and it is checked beside what runs before users get it. One that is stopped is started.',
    )
    .argument('<app>', 'name of the application')
    .option('--release <number>', 'what was built for this release (default: what users have)', parseCount)
    .option('--detach', 'do not wait for the end');
  addServerOptions(command).action(async (app: string, flags: AppsRestartFlags) => {
    const { runAppsRestart } = await import('../../deploy/run-apps-restart.ts');
    context.exitCode = await runAppsRestart(app, flags, context);
  });
}
