import { loadKeyring } from '@deployguard/server';
import { createReadStream } from 'node:fs';
import type { DbRestoreFlags } from '../commands/db/restore.ts';
import type { CliContext } from '../context.ts';
import { type ExitCode, exitCodes } from '../exit-code.ts';
import { withDatabaseTools } from './open-tools.ts';

export async function runDbRestore(file: string, flags: DbRestoreFlags, context: CliContext): Promise<ExitCode> {
  const keyring = await loadKeyring({ file: flags.keyFile, mayCreate: false });
  return withDatabaseTools(flags, context, async (tools) => {
    const choice = { resumesTasks: flags.resumeTasks ?? false };
    const { tables, rows, createdAt, heldTasks } = await tools.restore(createReadStream(file, { signal: context.signal }), keyring, choice);
    if (!flags.quiet)
      await context.stdout.write(`${rows} rows of ${tables} tables, as of ${createdAt}. \`deployguard db upgrade\` is next.\n`);
    if (heldTasks > 0 && !flags.quiet)
      await context.stdout.write(`${heldTasks} tasks are held: \`deployguard tasks dead --all-tenants\` lists them.\n`);
    return exitCodes.clean;
  });
}
