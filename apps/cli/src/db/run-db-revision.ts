import { createRevision } from '@deployguard/server';
import type { CliContext } from '../context.ts';
import { type ExitCode, exitCodes } from '../exit-code.ts';

export async function runDbRevision(name: string, context: CliContext): Promise<ExitCode> {
  await context.stdout.write(`${createRevision(name)}\n`);
  return exitCodes.clean;
}
