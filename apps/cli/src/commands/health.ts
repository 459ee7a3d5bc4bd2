import type { Command } from 'commander';
import type { CliContext } from '../context.ts';
import { addServiceOptions, type ServiceFlags } from './add-options.ts';

export function addHealthCommand(program: Command, context: CliContext): void {
  const command = program
    .command('health')
    .summary('tell whether the service runs here')
    .description(
      'Ask the part of the service that runs on this machine with these settings: an API, or a worker or scheduler at `telemetry.port`. Exits with 4 when none answers. Made for the health checks of containers.',
    );
  addServiceOptions(command).action(async (flags: ServiceFlags) => {
    const { runHealth } = await import('../service/run-health.ts');
    context.exitCode = await runHealth(flags, context);
  });
}
