import type { Command } from 'commander';
import type { CliContext } from '../../context.ts';
import { addHooksInstallCommand } from './install.ts';
import { addHooksRunCommand } from './run.ts';
import { addHooksStatusCommand } from './status.ts';
import { addHooksUninstallCommand } from './uninstall.ts';

export function addHooksCommand(program: Command, context: CliContext): void {
  const command = program
    .command('hooks')
    .summary('stop secrets before they are committed or pushed')
    .description('Git hooks: pre-commit scans what is staged, pre-push the commits that the remote does not have.');
  addHooksInstallCommand(command, context);
  addHooksStatusCommand(command, context);
  addHooksUninstallCommand(command, context);
  addHooksRunCommand(command, context);
}
