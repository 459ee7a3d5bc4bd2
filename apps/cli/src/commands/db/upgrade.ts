import type { Command } from 'commander';
import type { CliContext } from '../../context.ts';
import { addServiceOptions, type ServiceFlags } from '../add-options.ts';

export function addDbUpgradeCommand(parent: Command, context: CliContext): void {
  const command = parent
    .command('upgrade')
    .summary('apply pending migrations')
    .description('Apply pending migrations. Any number of processes may do so at once: each step is done once.')
    .argument('[version]', 'number or name of a migration, head, or +1 for one step', 'head');
  addServiceOptions(command).action(async (version: string, flags: ServiceFlags) => {
    const { runDbUpgrade } = await import('../../db/run-db-upgrade.ts');
    context.exitCode = await runDbUpgrade(version, flags, context);
  });
}
