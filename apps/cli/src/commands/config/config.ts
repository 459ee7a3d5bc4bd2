import type { Command } from 'commander';
import type { CliContext } from '../../context.ts';
import { addConfigCheckCommand } from './check.ts';

export function addConfigCommand(program: Command, context: CliContext): void {
  const command = program.command('config').summary("check the service's settings").description("The service's settings.");
  addConfigCheckCommand(command, context);
}
