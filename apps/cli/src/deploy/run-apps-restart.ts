import { operations } from '@deployguard/contracts';
import { openClient } from '../client/open-client.ts';
import type { AppsRestartFlags } from '../commands/apps/restart.ts';
import type { CliContext } from '../context.ts';
import type { ExitCode } from '../exit-code.ts';
import { getReleaseIdOf } from './find-application.ts';
import { getFreeApplication } from './get-free-application.ts';
import { seeDeploymentThrough } from './see-deployment-through.ts';

export async function runAppsRestart(app: string, flags: AppsRestartFlags, context: CliContext): Promise<ExitCode> {
  const client = await openClient(flags, context);
  await getFreeApplication(client, app, flags, context);
  const body = { from_release_id: await getReleaseIdOf(client, app, flags.release) };
  return await seeDeploymentThrough(client, await client.call(operations.createDeployment, { body }), flags, context);
}
