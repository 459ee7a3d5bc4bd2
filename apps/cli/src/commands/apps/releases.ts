import type { Command } from 'commander';
import type { CliContext } from '../../context.ts';
import { addListOptions, addServerOptions, type ListFlags, type ServerFlags } from '../add-options.ts';

export function addAppsReleasesCommand(parent: Command, context: CliContext): void {
  const command = parent
    .command('releases')
    .summary('list the releases that can be rolled back to')
    .description('List the releases of an application, newest first.')
    .argument('<app>', 'name of the application');
  addServerOptions(addListOptions(command)).action(async (app: string, flags: ServerFlags & ListFlags) => {
    const { runAppsReleases } = await import('../../deploy/run-apps-releases.ts');
    context.exitCode = await runAppsReleases(app, flags, context);
  });
}
