import type { Command } from 'commander';
import type { CliContext } from '../../context.ts';
import { addServiceOptions, type ServiceFlags } from '../add-options.ts';

export function addDbCurrentCommand(parent: Command, context: CliContext): void {
  const command = parent
    .command('current')
    .summary('show which version the database has')
    .description('Show which version the database has.');
  addServiceOptions(command).action(async (flags: ServiceFlags) => {
    const { runDbCurrent } = await import('../../db/run-db-current.ts');
    context.exitCode = await runDbCurrent(flags, context);
  });
}
