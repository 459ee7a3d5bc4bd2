import type { Command } from 'commander';
import type { CliContext } from '../../context.ts';
import { addCommonOptions, type CommonFlags } from '../add-options.ts';

export function addDbRevisionCommand(parent: Command, context: CliContext): void {
  const command = parent
    .command('revision')
    .summary('write the next, empty migration')
    .description('Write the next, empty migration.')
    .argument('<name>', 'what it will do, such as "add teams"');
  addCommonOptions(command).action(async (name: string, _flags: CommonFlags) => {
    const { runDbRevision } = await import('../../db/run-db-revision.ts');
    context.exitCode = await runDbRevision(name, context);
  });
}
