import type { Command } from 'commander';
import type { CliContext } from '../../context.ts';
import { addServerOptions, parseCount, type ServerFlags } from '../add-options.ts';

export interface AppsLogsFlags extends ServerFlags {
  readonly deployment?: number;
  readonly follow?: boolean;
}

export function addAppsLogsCommand(parent: Command, context: CliContext): void {
  const command = parent
    .command('logs')
    .summary('show how the last deployment of an application went')
    .description('Show what was said while an application was deployed: by the build, by the application when it failed, by the platform.')
    .argument('<app>', 'name of the application')
    .option('--deployment <number>', 'another deployment than the last one', parseCount)
    .option('-f, --follow', 'go on until there is nothing under way');
  addServerOptions(command).action(async (app: string, flags: AppsLogsFlags) => {
    const { runAppsLogs } = await import('../../deploy/run-apps-logs.ts');
    context.exitCode = await runAppsLogs(app, flags, context);
  });
}
