import { operations } from '@deployguard/contracts';
import { openClient } from '../client/open-client.ts';
import type { ApiKeysRotateFlags } from '../commands/api-keys/rotate.ts';
import type { CliContext } from '../context.ts';
import { type ExitCode, exitCodes } from '../exit-code.ts';
import { printNewKey } from './print-new-key.ts';

export async function runApiKeysRotate(id: string, flags: ApiKeysRotateFlags, context: CliContext): Promise<ExitCode> {
  const client = await openClient(flags, context);
  const body = { ...(flags.overlapSeconds !== undefined && { overlap_seconds: flags.overlapSeconds }) };
  await printNewKey(await client.call(operations.rotateApiKey, { params: { id }, body }), flags, context);
  return exitCodes.clean;
}
