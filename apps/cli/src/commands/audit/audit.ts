import type { Command } from 'commander';
import type { CliContext } from '../../context.ts';
import { addAuditVerifyCommand } from './verify.ts';

export function addAuditCommand(program: Command, context: CliContext): void {
  const command = program.command('audit').summary("check the service's audit log").description("The service's audit log.");
  addAuditVerifyCommand(command, context);
}
