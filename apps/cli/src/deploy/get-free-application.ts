import { setTimeout as delay } from 'node:timers/promises';
import type { Application } from '@deployguard/contracts';
import type { ServerClient } from '../client/server-client.ts';
import type { ServerFlags } from '../commands/add-options.ts';
import type { CliContext } from '../context.ts';
import { createProgress } from '../terminal/progress.ts';
import { getApplication, getDeploymentOf } from './find-application.ts';
import { isMoving } from './render-application.ts';

const pollMilliseconds = 300;

/**
 * The application of this name, for whoever changes it next. Waits while only what served before is being ended, as behind each deployment; with
 * a deployment that is under way it is for the service to refuse what cannot be done.
 *
 * @throws {CliError} `APPLICATION_NOT_FOUND`
 */
export async function getFreeApplication(
  client: ServerClient,
  name: string,
  { quiet = false, json = false }: ServerFlags,
  { stderr, signal }: CliContext,
): Promise<Application> {
  const progress = createProgress(stderr, { isQuiet: quiet || json });
  try {
    let application = await getApplication(client, name);
    while (application.is_changing && !isMoving(await getDeploymentOf(client, name))) {
      progress.update({ label: `Waiting until ${name} is free`, done: 0, total: 0 });
      await delay(pollMilliseconds, undefined, { signal });
      application = await getApplication(client, name);
    }
    return application;
  } finally {
    progress.stop();
  }
}
