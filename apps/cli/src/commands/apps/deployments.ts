import type { Command } from 'commander';
import type { CliContext } from '../../context.ts';
import { addListOptions, addServerOptions, type ListFlags, type ServerFlags } from '../add-options.ts';

export function addAppsDeploymentsCommand(parent: Command, context: CliContext): void {
  const command = parent
    .command('deployments')
    .summary('list the deployments of an application')
    .description('List the deployments of an application, newest first.')
    .argument('<app>', 'name of the application');
  addServerOptions(addListOptions(command)).action(async (app: string, flags: ServerFlags & ListFlags) => {
    const { runAppsDeployments } = await import('../../deploy/run-apps-deployments.ts');
    context.exitCode = await runAppsDeployments(app, flags, context);
  });
}
