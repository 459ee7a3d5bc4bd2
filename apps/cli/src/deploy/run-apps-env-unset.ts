import { operations } from '@deployguard/contracts';
import { openClient } from '../client/open-client.ts';
import { printAnswer } from '../client/print-answer.ts';
import type { ServerFlags } from '../commands/add-options.ts';
import type { CliContext } from '../context.ts';
import { type ExitCode, exitCodes } from '../exit-code.ts';
import { describeRestart } from './describe-restart.ts';
import { getApplication } from './find-application.ts';

export async function runAppsEnvUnset(app: string, names: readonly string[], flags: ServerFlags, context: CliContext): Promise<ExitCode> {
  const client = await openClient(flags, context);
  const application = await getApplication(client, app);
  const { id } = application;
  const before = await client.call(operations.getApplicationEnv, { params: { id } });
  const missing = names.filter((name) => !before.items.some((item) => item.name === name));
  const env = await client.call(operations.setApplicationEnv, { params: { id }, body: { unset: [...new Set(names)] } });
  await printAnswer(env, flags, context, () => '');
  if (flags.quiet || flags.json) return exitCodes.clean;
  if (missing.length > 0) await context.stderr.write(`There was no variable ${missing.join(', ')}.\n`);
  if (missing.length < names.length) {
    await context.stderr.write(`Unset. The next deployment is without it.${describeRestart(application)}\n`);
  }
  return exitCodes.clean;
}
