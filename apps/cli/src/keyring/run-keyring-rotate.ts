import { resolve } from 'node:path';
import { rotateKeyring } from '@deployguard/server';
import type { CommonFlags } from '../commands/add-options.ts';
import type { CliContext } from '../context.ts';
import { type ExitCode, exitCodes } from '../exit-code.ts';

export async function runKeyringRotate(file: string, flags: CommonFlags, context: CliContext): Promise<ExitCode> {
  await rotateKeyring(resolve(context.workingDirectory, file));
  if (!flags.quiet) await context.stdout.write('The new key is used from the next start of each part of the service on.\n');
  return exitCodes.clean;
}
