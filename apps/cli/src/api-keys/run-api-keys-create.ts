import { operations } from '@deployguard/contracts';
import { openClient } from '../client/open-client.ts';
import type { ApiKeysCreateFlags } from '../commands/api-keys/create.ts';
import type { CliContext } from '../context.ts';
import { type ExitCode, exitCodes } from '../exit-code.ts';
import { printNewKey } from './print-new-key.ts';

export async function runApiKeysCreate(flags: ApiKeysCreateFlags, context: CliContext): Promise<ExitCode> {
  const { name, scope, expiresInDays } = flags;
  const client = await openClient(flags, context);
  const body = { name, scopes: [...new Set(scope)], ...(expiresInDays !== undefined && { expires_in_days: expiresInDays }) };
  await printNewKey(await client.call(operations.createApiKey, { body }), flags, context);
  return exitCodes.clean;
}
