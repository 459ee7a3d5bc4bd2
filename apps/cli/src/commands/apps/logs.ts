import type { Command } from 'commander';
import type { CliContext } from '../../context.ts';
import { addExamples, addServerOptions, parseCount, type ServerFlags } from '../add-options.ts';

export interface AppsLogsFlags extends ServerFlags {
  readonly deployment?: number;
  readonly release?: number;
  readonly follow?: boolean;
  readonly last?: number;
}

export function addAppsLogsCommand(parent: Command, context: CliContext): void {
  const command = parent
    .command('logs')
    .summary('show what an application prints, or how a deployment went')
    .description(
      'Show what the instances of an application print; or what was said while it was deployed: by the build, by the application when it failed, by the platform.',
    )
    .argument('<app>', 'name of the application')
    .option('--deployment <number>', 'how this deployment goes or went', parseCount)
    .option('--release <number>', 'what this release prints, or printed when it ran', parseCount)
    .option('--last <lines>', 'how many lines that were printed before (default: 100; of a deployment, all)', parseCount)
    .option('-f, --follow', 'go on with what comes; of a deployment, until there is nothing under way');
  addServerOptions(command);
  addExamples(command, [
    ['deployguard apps logs shop --follow', 'what it prints, as it comes'],
    ['deployguard apps logs shop --release 2', 'what its second release printed'],
    ['deployguard apps logs shop --deployment 3', 'how its third deployment went'],
    ['deployguard apps logs shop --deployment 3 --last 10', 'how it ended'],
  ]);
  command.action(async (app: string, flags: AppsLogsFlags) => {
    const { runAppsLogs } = await import('../../deploy/run-apps-logs.ts');
    context.exitCode = await runAppsLogs(app, flags, context);
  });
}
