import { createInterface } from 'node:readline';
import { operations } from '@deployguard/contracts';
import { CliError } from '../cli-error.ts';
import { openClient } from '../client/open-client.ts';
import { printAnswer } from '../client/print-answer.ts';
import type { AppsDestroyFlags } from '../commands/apps/destroy.ts';
import type { CliContext } from '../context.ts';
import { type ExitCode, exitCodes } from '../exit-code.ts';
import { getApplication, getDeploymentOf } from './find-application.ts';

export async function runAppsDestroy(app: string, flags: AppsDestroyFlags, context: CliContext): Promise<ExitCode> {
  const client = await openClient(flags, context);
  const application = await getApplication(client, app);
  if (flags.yes !== true && !(await isConfirmed(app, flags, context))) return exitCodes.refused;
  const answer =
    flags.deployment === undefined
      ? await client.call(operations.deleteApplication, { params: { id: application.id } })
      : await client.call(operations.deleteDeployment, { params: { id: (await getDeploymentOf(client, app, flags.deployment)).id } });
  await printAnswer(answer, flags, context, () => '');
  if (!flags.quiet && !flags.json) await context.stderr.write('Accepted: it is being destroyed.\n');
  return exitCodes.clean;
}

async function isConfirmed(app: string, { deployment }: AppsDestroyFlags, { stdin, stderr }: CliContext): Promise<boolean> {
  if (stdin.isTTY !== true)
    throw new CliError('NOT_A_TERMINAL', 'What is destroyed does not come back. Say --yes where nobody can be asked.');
  const what = deployment === undefined ? `${app} and all that belongs to it` : `what deployment ${deployment} of ${app} created`;
  const questions = createInterface({ input: stdin });
  try {
    await stderr.write(`Destroy ${what}? Type its name to go on: `);
    return (await questions[Symbol.asyncIterator]().next()).value === app;
  } finally {
    questions.close();
  }
}
