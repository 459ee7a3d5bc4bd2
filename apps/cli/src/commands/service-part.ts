import type { Command } from 'commander';
import type { CliContext } from '../context.ts';
import { addServiceOptions, type ServiceFlags } from './add-options.ts';

/** Options and action of a command that runs a part of the service until it is told to end. */
export function addPartOptions(command: Command, part: 'serve' | 'api' | 'worker' | 'scheduler', context: CliContext): void {
  addServiceOptions(command).action(async (flags: ServiceFlags) => {
    const { runService } = await import('../service/run-service.ts');
    context.exitCode = await runService(part, flags, context);
  });
}
