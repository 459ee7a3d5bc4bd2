import type { Command } from 'commander';
import type { CliContext } from '../../context.ts';
import { addExamples, addServiceOptions, type ServiceFlags } from '../add-options.ts';

export interface DbBackupFlags extends ServiceFlags {
  readonly output: string;
  readonly keyFile: string;
}

export function addDbBackupCommand(parent: Command, context: CliContext): void {
  const command = parent
    .command('backup')
    .summary('write an encrypted backup while the service runs')
    .description(
      'Write all rows, as of one moment, into one encrypted file. The service keeps running. The files in the storage and the keyring are not in it.',
    )
    .requiredOption('--output <file>', 'where to write it')
    .requiredOption('--key-file <file>', 'key that encrypts it; made when the file is not there. Keep it elsewhere than the backup');
  addServiceOptions(command);
  addExamples(command, [['deployguard db backup --output monday.backup --key-file backup.key', 'what `db restore` reads']]);
  command.action(async (flags: DbBackupFlags) => {
    const { runDbBackup } = await import('../../db/run-db-backup.ts');
    context.exitCode = await runDbBackup(flags, context);
  });
}
