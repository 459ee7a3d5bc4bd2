import type { Command } from 'commander';
import type { CliContext } from '../context.ts';
import { addServiceOptions, type ServiceFlags } from './add-options.ts';

export function addRouterCommand(program: Command, context: CliContext): void {
  const command = program
    .command('router')
    .summary('run the router that leads users to applications')
    .description(
      'Run the router in this process: the one entry for the users of applications that are deployed on this machine, by host name. It needs no database, and is in force with its last table at once. Where nobody runs it, the service starts one in the background when an application is deployed.',
    );
  addServiceOptions(command).action(async (flags: ServiceFlags) => {
    const { runRouter } = await import('../service/run-router.ts');
    context.exitCode = await runRouter(flags, context);
  });
}
