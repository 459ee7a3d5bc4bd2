import type { Command } from 'commander';
import type { CliContext } from '../../context.ts';
import { addServiceOptions, type ServiceFlags } from '../add-options.ts';

export function addDbCheckCommand(parent: Command, context: CliContext): void {
  const command = parent
    .command('check')
    .summary('compare database, migrations and the committed listing')
    .description(
      'Compare the database, the migrations, and the listing of the schema that is committed beside them. Exits with 5 when they differ.',
    );
  addServiceOptions(command).action(async (flags: ServiceFlags) => {
    const { runDbCheck } = await import('../../db/run-db-check.ts');
    context.exitCode = await runDbCheck(flags, context);
  });
}
