import type { Command } from 'commander';
import type { CliContext } from '../context.ts';
import { addPartOptions } from './service-part.ts';

export function addApiCommand(program: Command, context: CliContext): void {
  const command = program
    .command('api')
    .summary('run the API of a distributed service')
    .description('Run the API of a service that consists of several processes. Any number may run. Needs DATABASE_URL.');
  addPartOptions(command, 'api', context);
}
