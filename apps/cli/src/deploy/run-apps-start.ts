import { operations } from '@deployguard/contracts';
import { openClient } from '../client/open-client.ts';
import type { ServerFlags } from '../commands/add-options.ts';
import type { CliContext } from '../context.ts';
import type { ExitCode } from '../exit-code.ts';
import { awaitApplication } from './await-application.ts';
import { getFreeApplication } from './get-free-application.ts';

export async function runAppsStart(app: string, flags: ServerFlags, context: CliContext): Promise<ExitCode> {
  const client = await openClient(flags, context);
  const { id } = await getFreeApplication(client, app, flags, context);
  await client.call(operations.startApplication, { params: { id } });
  return await awaitApplication(client, app, flags, context);
}
