import type { Command } from 'commander';
import type { CliContext } from '../../context.ts';
import { addServiceOptions, type ServiceFlags } from '../add-options.ts';

export function addDbHistoryCommand(parent: Command, context: CliContext): void {
  const command = parent
    .command('history')
    .summary('list all migrations and which are applied')
    .description('List all migrations and which are applied.');
  addServiceOptions(command).action(async (flags: ServiceFlags) => {
    const { runDbHistory } = await import('../../db/run-db-history.ts');
    context.exitCode = await runDbHistory(flags, context);
  });
}
