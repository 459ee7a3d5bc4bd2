import { operations, type Webhook } from '@deployguard/contracts';
import { listAll } from '../client/list-all.ts';
import { openClient } from '../client/open-client.ts';
import { printList } from '../client/print-answer.ts';
import type { ListFlags, ServerFlags } from '../commands/add-options.ts';
import type { CliContext } from '../context.ts';
import { type ExitCode, exitCodes } from '../exit-code.ts';
import type { Column } from '../terminal/render-table.ts';

export async function runWebhooksList(flags: ServerFlags & ListFlags, context: CliContext): Promise<ExitCode> {
  const client = await openClient(flags, context);
  const webhooks = await listAll(flags, (query) => client.call(operations.listWebhooks, { query }));
  await printList(webhooks, columns, flags, context);
  return exitCodes.clean;
}

const columns: readonly Column<Webhook>[] = [
  ['WEBHOOK', ({ id }) => id],
  ['STATE', ({ enabled, disabled_reason: reason }) => (enabled ? 'enabled' : `disabled: ${reason ?? ''}`)],
  ['URL', ({ url }) => url],
  ['EVENTS', ({ events }) => events.join(' ')],
];
