import type { Command } from 'commander';
import type { CliContext } from '../../context.ts';
import { addServerOptions, parseCount, type ServerFlags } from '../add-options.ts';

export interface AppsRollbackFlags extends ServerFlags {
  readonly release?: number;
  readonly detach?: boolean;
}

export function addAppsRollbackCommand(parent: Command, context: CliContext): void {
  const command = parent
    .command('rollback')
    .summary('lead users back to an older release')
    .description(
      'Lead users back to an older release, with the configuration and secrets that it had. It is checked as closely as a new one before users get it.',
    )
    .argument('<app>', 'name of the application')
    .option('--release <number>', 'the release (default: the last good one before)', parseCount)
    .option('--detach', 'do not wait for the end');
  addServerOptions(command).action(async (app: string, flags: AppsRollbackFlags) => {
    const { runAppsRollback } = await import('../../deploy/run-apps-rollback.ts');
    context.exitCode = await runAppsRollback(app, flags, context);
  });
}
