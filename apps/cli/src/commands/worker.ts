import type { Command } from 'commander';
import type { CliContext } from '../context.ts';
import { addPartOptions } from './service-part.ts';

export function addWorkerCommand(program: Command, context: CliContext): void {
  const command = program
    .command('worker')
    .summary('run a worker of a distributed service')
    .description(
      'Run a worker, which does the tasks of a service that consists of several processes. Any number may run. Needs DATABASE_URL.',
    );
  addPartOptions(command, 'worker', context);
}
