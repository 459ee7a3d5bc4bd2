import type { Command } from 'commander';
import type { CliContext } from '../context.ts';
import { addCommonOptions, type CommonFlags } from './add-options.ts';

export interface LogoutFlags extends CommonFlags {
  readonly server?: string;
}

export function addLogoutCommand(program: Command, context: CliContext): void {
  const command = program
    .command('logout')
    .summary('forget the API key for a service')
    .description('Forgets the API key for a service. The key itself still works until it is revoked.')
    .option('--server <url>', 'the service (default: that of the last login)');
  addCommonOptions(command).action(async (flags: LogoutFlags) => {
    const { runLogout } = await import('../login/run-logout.ts');
    context.exitCode = await runLogout(flags, context);
  });
}
