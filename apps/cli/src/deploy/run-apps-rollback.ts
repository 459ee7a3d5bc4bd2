import { operations } from '@deployguard/contracts';
import { CliError } from '../cli-error.ts';
import { openClient } from '../client/open-client.ts';
import { printAnswer } from '../client/print-answer.ts';
import type { AppsRollbackFlags } from '../commands/apps/rollback.ts';
import type { CliContext } from '../context.ts';
import { type ExitCode, exitCodes } from '../exit-code.ts';
import { getApplication, getReleaseOf } from './find-application.ts';
import { getFreeApplication } from './get-free-application.ts';
import { neutralizeLines } from './judge-deployment.ts';
import { waitForDeployment } from './wait-for-deployment.ts';

export async function runAppsRollback(app: string, flags: AppsRollbackFlags, context: CliContext): Promise<ExitCode> {
  const client = await openClient(flags, context);
  const { current_deployment_id: id } = await getFreeApplication(client, app, flags, context);
  if (id === null) throw new CliError('APPLICATION_NOT_FOUND', `Nothing of ${app} is deployed.`);
  const body = flags.release === undefined ? {} : { release_id: (await getReleaseOf(client, id, flags.release)).id };
  const before = await client.call(operations.getDeployment, { params: { id } });
  const deployment = await client.call(operations.rollBackDeployment, { params: { id }, body });
  if (flags.detach) {
    await printAnswer(deployment, flags, context, () => `${deployment.id}\n`);
    return exitCodes.clean;
  }
  const isQuiet = (flags.quiet ?? false) || (flags.json ?? false);
  const ended = await waitForDeployment(client, deployment, context, { isQuiet, since: before.updated_at });
  const { url } = await getApplication(client, app);
  await printAnswer(ended, flags, context, () => (ended.status === 'ROLLED_BACK' ? `${url}\n` : ''));
  if (ended.status === 'ROLLED_BACK') return exitCodes.clean;
  const reason = ended.last_error?.message ?? `The deployment is ${ended.status}.`;
  await context.stderr.write(`${context.stderr.paint('red', 'error:')} ${neutralizeLines(reason)}\n`);
  return exitCodes.refused;
}
