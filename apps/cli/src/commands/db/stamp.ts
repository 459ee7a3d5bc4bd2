import type { Command } from 'commander';
import type { CliContext } from '../../context.ts';
import { addServiceOptions, type ServiceFlags } from '../add-options.ts';

export function addDbStampCommand(parent: Command, context: CliContext): void {
  const command = parent
    .command('stamp')
    .summary('record migrations as applied without running them')
    .description('Record the migrations up to a version, and no others, as applied, without running anything.')
    .argument('<version>', 'number or name of a migration, head or base');
  addServiceOptions(command).action(async (version: string, flags: ServiceFlags) => {
    const { runDbStamp } = await import('../../db/run-db-stamp.ts');
    context.exitCode = await runDbStamp(version, flags, context);
  });
}
