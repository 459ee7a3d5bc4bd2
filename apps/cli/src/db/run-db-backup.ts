import { loadKeyring } from '@deployguard/server';
import { createWriteStream, existsSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import type { DbBackupFlags } from '../commands/db/backup.ts';
import { CliError } from '../cli-error.ts';
import type { CliContext } from '../context.ts';
import { type ExitCode, exitCodes } from '../exit-code.ts';
import { withDatabaseTools } from './open-tools.ts';

export async function runDbBackup(flags: DbBackupFlags, context: CliContext): Promise<ExitCode> {
  const { output, keyFile } = flags;
  if (existsSync(output)) throw new CliError('OUTPUT_EXISTS', `${output} exists. Choose another name, or remove it.`);
  const isNewKey = !existsSync(keyFile);
  const keyring = await loadKeyring({ file: keyFile, mayCreate: true });
  // Until it is whole, it does not bear the name of a backup.
  const unfinished = `${output}.partial`;
  try {
    const { tables, rows } = await withDatabaseTools(flags, context, (tools) =>
      tools.backUp(keyring, (encrypted) =>
        pipeline(encrypted, createWriteStream(unfinished, { mode: 0o600, flush: true }), { signal: context.signal }),
      ),
    );
    await rename(unfinished, output);
    if (flags.quiet) return exitCodes.clean;
    await context.stdout.write(`${output}: ${rows} rows of ${tables} tables.\n`);
    if (isNewKey) await context.stdout.write(`${keyFile}: made. Without it the backup cannot be read; keep it in another place.\n`);
    return exitCodes.clean;
  } finally {
    await rm(unfinished, { force: true });
  }
}
