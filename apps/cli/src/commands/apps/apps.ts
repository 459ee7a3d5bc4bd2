import type { Command } from 'commander';
import type { CliContext } from '../../context.ts';
import { addAppsCancelCommand } from './cancel.ts';
import { addAppsDeploymentsCommand } from './deployments.ts';
import { addAppsDestroyCommand } from './destroy.ts';
import { addAppsEnvCommand } from './env/env.ts';
import { addAppsListCommand } from './list.ts';
import { addAppsLogsCommand } from './logs.ts';
import { addAppsOpenCommand } from './open.ts';
import { addAppsPinCommand } from './pin.ts';
import { addAppsReleasesCommand } from './releases.ts';
import { addAppsRestartCommand } from './restart.ts';
import { addAppsRollbackCommand } from './rollback.ts';
import { addAppsSbomCommand } from './sbom.ts';
import { addAppsScaleCommand } from './scale.ts';
import { addAppsShowCommand } from './show.ts';
import { addAppsStartCommand } from './start.ts';
import { addAppsStopCommand } from './stop.ts';
import { addAppsVerifyCommand } from './verify.ts';

export function addAppsCommand(program: Command, context: CliContext): void {
  const command = program
    .command('apps')
    .summary('what was deployed: show, roll back, scale, stop, destroy')
    .description('Applications that a service has deployed.');
  // In the order of use.
  addAppsListCommand(command, context);
  addAppsShowCommand(command, context);
  addAppsDeploymentsCommand(command, context);
  addAppsLogsCommand(command, context);
  addAppsCancelCommand(command, context);
  addAppsReleasesCommand(command, context);
  addAppsRollbackCommand(command, context);
  addAppsPinCommand(command, context);
  addAppsSbomCommand(command, context);
  addAppsVerifyCommand(command, context);
  addAppsEnvCommand(command, context);
  addAppsRestartCommand(command, context);
  addAppsScaleCommand(command, context);
  addAppsStopCommand(command, context);
  addAppsStartCommand(command, context);
  addAppsOpenCommand(command, context);
  addAppsDestroyCommand(command, context);
}
