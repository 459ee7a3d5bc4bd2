import { setTimeout as delay } from 'node:timers/promises';
import { operations } from '@deployguard/contracts';
import { printAnswer } from '../client/print-answer.ts';
import type { ServerClient } from '../client/server-client.ts';
import type { ServerFlags } from '../commands/add-options.ts';
import type { CliContext } from '../context.ts';
import { type ExitCode, exitCodes } from '../exit-code.ts';
import { getApplication } from './find-application.ts';
import { judgeDeployment } from './judge-deployment.ts';
import { renderApplication } from './render-application.ts';

const pollMilliseconds = 300;

/** Waits until nothing is under way with an application, and shows how it is then. */
export async function awaitApplication(client: ServerClient, name: string, flags: ServerFlags, context: CliContext): Promise<ExitCode> {
  context.goesOn = `It goes on. \`deployguard apps show ${name}\` tells how it is.`;
  let application = await getApplication(client, name);
  while (application.is_changing) {
    await delay(pollMilliseconds, undefined, { signal: context.signal });
    application = await getApplication(client, name);
  }
  delete context.goesOn;
  const { current_deployment_id: id } = application;
  const deployment = id === null ? undefined : await client.call(operations.getDeployment, { params: { id } });
  if (deployment !== undefined && deployment.last_error !== null) return await judgeDeployment(deployment, flags, context);
  await printAnswer(application, flags, context, () => renderApplication(application, context.stdout));
  return exitCodes.clean;
}
