import type { Command } from 'commander';
import type { CliContext } from '../../../context.ts';
import { addAppsEnvListCommand } from './list.ts';
import { addAppsEnvSetCommand } from './set.ts';
import { addAppsEnvUnsetCommand } from './unset.ts';

export function addAppsEnvCommand(parent: Command, context: CliContext): void {
  const command = parent
    .command('env')
    .summary('variables and secrets that an application is started with')
    .description('Variables and secrets that an application is started with: written once, never shown.');
  addAppsEnvSetCommand(command, context);
  addAppsEnvUnsetCommand(command, context);
  addAppsEnvListCommand(command, context);
}
