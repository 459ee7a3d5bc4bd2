import type { Command } from 'commander';
import type { CliContext } from '../../context.ts';
import { addDbBackupCommand } from './backup.ts';
import { addDbCheckCommand } from './check.ts';
import { addDbCurrentCommand } from './current.ts';
import { addDbDowngradeCommand } from './downgrade.ts';
import { addDbHistoryCommand } from './history.ts';
import { addDbRestoreCommand } from './restore.ts';
import { addDbRevisionCommand } from './revision.ts';
import { addDbStampCommand } from './stamp.ts';
import { addDbUpgradeCommand } from './upgrade.ts';

export function addDbCommand(program: Command, context: CliContext): void {
  const command = program
    .command('db')
    .summary("move, check, back up and restore the service's database")
    .description(
      "The service's database: DATABASE_URL (and DATABASE_MIGRATION_URL, the login that owns the tables), or without it the private one in the data directory.",
    );
  addDbUpgradeCommand(command, context);
  addDbDowngradeCommand(command, context);
  addDbCurrentCommand(command, context);
  addDbHistoryCommand(command, context);
  addDbStampCommand(command, context);
  addDbCheckCommand(command, context);
  addDbRevisionCommand(command, context);
  addDbBackupCommand(command, context);
  addDbRestoreCommand(command, context);
}
