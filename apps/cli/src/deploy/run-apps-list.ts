import { operations } from '@deployguard/contracts';
import { listAll } from '../client/list-all.ts';
import { openClient } from '../client/open-client.ts';
import { printList } from '../client/print-answer.ts';
import type { ListFlags, ServerFlags } from '../commands/add-options.ts';
import type { CliContext } from '../context.ts';
import { type ExitCode, exitCodes } from '../exit-code.ts';
import { applicationColumns } from './render-application.ts';

export async function runAppsList(flags: ServerFlags & ListFlags, context: CliContext): Promise<ExitCode> {
  const client = await openClient(flags, context);
  const applications = await listAll(flags, (page) => client.call(operations.listApplications, { query: page }));
  await printList(applications, applicationColumns, flags, context);
  return exitCodes.clean;
}
