import { operations } from '@deployguard/contracts';
import { openClient } from '../client/open-client.ts';
import { printAnswer } from '../client/print-answer.ts';
import type { ServerFlags } from '../commands/add-options.ts';
import type { CliContext } from '../context.ts';
import { type ExitCode, exitCodes } from '../exit-code.ts';

export async function runApiKeysRevoke(id: string, flags: ServerFlags, context: CliContext): Promise<ExitCode> {
  const client = await openClient(flags, context);
  const key = await client.call(operations.revokeApiKey, { params: { id } });
  await printAnswer(key, flags, context, () => `The key ${key.name} (${key.prefix}…) is revoked.\n`);
  return exitCodes.clean;
}
