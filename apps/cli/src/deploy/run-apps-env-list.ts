import { type ApplicationEnv, operations } from '@deployguard/contracts';
import { openClient } from '../client/open-client.ts';
import { printList } from '../client/print-answer.ts';
import type { ServerFlags } from '../commands/add-options.ts';
import type { CliContext } from '../context.ts';
import { type ExitCode, exitCodes } from '../exit-code.ts';
import type { Column } from '../terminal/render-table.ts';
import { getApplication } from './find-application.ts';

export async function runAppsEnvList(app: string, flags: ServerFlags, context: CliContext): Promise<ExitCode> {
  const client = await openClient(flags, context);
  const { id } = await getApplication(client, app);
  const { items } = await client.call(operations.getApplicationEnv, { params: { id } });
  await printList({ items, hasMore: false }, variableColumns, flags, context);
  return exitCodes.clean;
}

const variableColumns: readonly Column<ApplicationEnv['items'][number]>[] = [
  ['VARIABLE', ({ name }) => name],
  ['SET', ({ updated_at: at }) => at],
  ['', ({ is_in_use: isInUse }) => (isInUse ? '' : 'from the next deployment on')],
];
