import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { loadKeyring } from '@deployguard/server';
import { CliError } from '../cli-error.ts';
import type { CommonFlags } from '../commands/add-options.ts';
import type { CliContext } from '../context.ts';
import { type ExitCode, exitCodes } from '../exit-code.ts';

export async function runKeyringCreate(file: string, flags: CommonFlags, context: CliContext): Promise<ExitCode> {
  const path = resolve(context.workingDirectory, file);
  if (existsSync(path)) throw new CliError('USAGE', `${file} is there already. Name a new file, or use \`deployguard keyring rotate\`.`);
  const { fingerprint } = await loadKeyring({ file: path, mayCreate: true });
  if (!flags.quiet) await context.stdout.write(`${path}\nProofs will be signed with the key ${fingerprint}.\n`);
  return exitCodes.clean;
}
