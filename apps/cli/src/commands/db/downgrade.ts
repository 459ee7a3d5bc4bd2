import type { Command } from 'commander';
import type { CliContext } from '../../context.ts';
import { addServiceOptions, type ServiceFlags } from '../add-options.ts';

export function addDbDowngradeCommand(parent: Command, context: CliContext): void {
  const command = parent
    .command('downgrade')
    .summary('undo migrations')
    .description('Undo migrations down to a version. What a step says is lost, is lost: back up first.')
    .argument('[version]', 'number or name of the migration to go back to, base, or -1 for one step', '-1');
  addServiceOptions(command).action(async (version: string, flags: ServiceFlags) => {
    const { runDbDowngrade } = await import('../../db/run-db-downgrade.ts');
    context.exitCode = await runDbDowngrade(version, flags, context);
  });
}
