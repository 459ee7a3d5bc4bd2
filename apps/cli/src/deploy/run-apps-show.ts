import { operations } from '@deployguard/contracts';
import { openClient } from '../client/open-client.ts';
import { printAnswer } from '../client/print-answer.ts';
import type { ServerFlags } from '../commands/add-options.ts';
import type { CliContext } from '../context.ts';
import { type ExitCode, exitCodes } from '../exit-code.ts';
import { getApplication } from './find-application.ts';
import { renderApplication, renderDeployment } from './render-application.ts';

export async function runAppsShow(app: string, flags: ServerFlags, context: CliContext): Promise<ExitCode> {
  const client = await openClient(flags, context);
  const application = await getApplication(client, app);
  const { items } = await client.call(operations.listDeployments, { query: { application: app, limit: 1 } });
  await printAnswer({ application, deployment: items[0] ?? null }, flags, context, () =>
    [renderApplication(application, context.stdout), ...items.map((item) => renderDeployment(item, context.stdout))].join('\n'),
  );
  return exitCodes.clean;
}
