import type { Command } from 'commander';
import type { CliContext } from '../context.ts';
import { addPartOptions } from './service-part.ts';

export function addSchedulerCommand(program: Command, context: CliContext): void {
  const command = program
    .command('scheduler')
    .summary('run the scheduler of a distributed service')
    .description(
      'Run the scheduler of a service that consists of several processes: it brings back lost tasks and deletes what has expired. Of several, one leads and the others wait. Needs DATABASE_URL.',
    );
  addPartOptions(command, 'scheduler', context);
}
