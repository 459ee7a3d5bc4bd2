import { operations } from '@deployguard/contracts';
import { listAll } from '../client/list-all.ts';
import { openClient } from '../client/open-client.ts';
import { printList } from '../client/print-answer.ts';
import type { ListFlags, ServerFlags } from '../commands/add-options.ts';
import type { CliContext } from '../context.ts';
import { type ExitCode, exitCodes } from '../exit-code.ts';
import { getApplication } from './find-application.ts';
import { deploymentColumns } from './render-application.ts';

export async function runAppsDeployments(app: string, flags: ServerFlags & ListFlags, context: CliContext): Promise<ExitCode> {
  const client = await openClient(flags, context);
  await getApplication(client, app);
  const deployments = await listAll(flags, (page) => client.call(operations.listDeployments, { query: { ...page, application: app } }));
  await printList(deployments, deploymentColumns, flags, context);
  return exitCodes.clean;
}
