import type { Command } from 'commander';
import type { CliContext } from '../../context.ts';
import { addServiceOptions, type ServiceFlags } from '../add-options.ts';

export interface DbRestoreFlags extends ServiceFlags {
  readonly keyFile: string;
  readonly resumeTasks?: boolean;
}

export function addDbRestoreCommand(parent: Command, context: CliContext): void {
  const command = parent
    .command('restore')
    .summary('read a backup into an empty database')
    .description(
      'Read a backup into an empty database: all of it, or nothing when it is damaged. The database is brought to the version of the backup first; `db upgrade` follows. Tasks that waited or ran when the backup was made are held as dead, so that nothing is pushed, deployed or told a second time: `tasks dead --all-tenants` lists them, `tasks redrive --all-tenants` lets one go on.',
    )
    .argument('<file>', 'what `db backup` wrote')
    .requiredOption('--key-file <file>', 'key that it was encrypted with')
    .option('--resume-tasks', 'let all tasks go on where they were');
  addServiceOptions(command).action(async (file: string, flags: DbRestoreFlags) => {
    const { runDbRestore } = await import('../../db/run-db-restore.ts');
    context.exitCode = await runDbRestore(file, flags, context);
  });
}
