import { operations } from '@deployguard/contracts';
import { openClient } from '../client/open-client.ts';
import { printAnswer } from '../client/print-answer.ts';
import type { AppsPinFlags } from '../commands/apps/pin.ts';
import type { CliContext } from '../context.ts';
import { type ExitCode, exitCodes } from '../exit-code.ts';
import { getDeploymentOf, getReleaseOf } from './find-application.ts';
import { getFreeApplication } from './get-free-application.ts';

export async function runAppsPin(app: string, number: number, flags: AppsPinFlags, context: CliContext): Promise<ExitCode> {
  const client = await openClient(flags, context);
  await getFreeApplication(client, app, flags, context);
  const { id } = await getReleaseOf(client, (await getDeploymentOf(client, app)).id, number);
  const release = await client.call(operations.updateRelease, { params: { id }, body: { is_pinned: flags.off !== true } });
  await printAnswer(
    release,
    flags,
    context,
    () => `Release ${number} of ${app} is ${release.is_pinned ? 'kept' : 'kept no longer than others'}.\n`,
  );
  return exitCodes.clean;
}
