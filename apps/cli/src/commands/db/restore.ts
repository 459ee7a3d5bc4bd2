import type { Command } from 'commander';
import type { CliContext } from '../../context.ts';
import { addServiceOptions, type ServiceFlags } from '../add-options.ts';

export interface DbRestoreFlags extends ServiceFlags {
  readonly keyFile: string;
}

export function addDbRestoreCommand(parent: Command, context: CliContext): void {
  const command = parent
    .command('restore')
    .summary('read a backup into an empty database')
    .description(
      'Read a backup into an empty database: all of it, or nothing when it is damaged. The database is brought to the version of the backup first; `db upgrade` follows.',
    )
    .argument('<file>', 'what `db backup` wrote')
    .requiredOption('--key-file <file>', 'key that it was encrypted with');
  addServiceOptions(command).action(async (file: string, flags: DbRestoreFlags) => {
    const { runDbRestore } = await import('../../db/run-db-restore.ts');
    context.exitCode = await runDbRestore(file, flags, context);
  });
}
