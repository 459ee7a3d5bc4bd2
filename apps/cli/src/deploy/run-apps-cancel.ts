import { type Deployment, operations } from '@deployguard/contracts';
import { CliError } from '../cli-error.ts';
import { openClient } from '../client/open-client.ts';
import { printAnswer } from '../client/print-answer.ts';
import type { ServerClient } from '../client/server-client.ts';
import type { AppsCancelFlags } from '../commands/apps/cancel.ts';
import type { CliContext } from '../context.ts';
import { type ExitCode, exitCodes } from '../exit-code.ts';
import { getApplication, getDeploymentOf } from './find-application.ts';

export async function runAppsCancel(app: string, flags: AppsCancelFlags, context: CliContext): Promise<ExitCode> {
  const client = await openClient(flags, context);
  const { id, number, status } =
    flags.deployment === undefined ? await getUnderWay(client, app) : await getDeploymentOf(client, app, flags.deployment);
  // Of one that has come to its end, what it created would be destroyed.
  if (!cancellable.includes(status))
    throw new CliError(
      'NOTHING_UNDER_WAY',
      `Deployment ${number} of ${app} is not under way: it is ${status.toLowerCase().replaceAll('_', ' ')}.`,
    );
  const answer = await client.call(operations.deleteDeployment, { params: { id }, query: { only: 'cancel' } });
  await printAnswer(answer, flags, context, () => '');
  if (!flags.quiet && !flags.json) await context.stderr.write('Accepted: it is being cancelled.\n');
  return exitCodes.clean;
}

const cancellable: readonly Deployment['status'][] = ['QUEUED', 'ANALYZING', 'BUILDING', 'PROVISIONING', 'DEPLOYING', 'HEALTHY'];

/** Else the one whose turn is next. */
async function getUnderWay(client: ServerClient, app: string): Promise<Deployment> {
  await getApplication(client, app);
  const { items } = await client.call(operations.listDeployments, { query: { application: app, limit: 200 } });
  const open = items.filter(({ status }) => cancellable.includes(status));
  const found = open.find(({ status }) => status !== 'QUEUED') ?? open.at(-1);
  if (found !== undefined) return found;
  throw new CliError('NOTHING_UNDER_WAY', `No deployment of ${app} is under way.`);
}
