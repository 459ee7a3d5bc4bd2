import { operations, type WebhookDelivery } from '@deployguard/contracts';
import { listAll } from '../client/list-all.ts';
import { openClient } from '../client/open-client.ts';
import { printList } from '../client/print-answer.ts';
import type { ListFlags, ServerFlags } from '../commands/add-options.ts';
import type { CliContext } from '../context.ts';
import { type ExitCode, exitCodes } from '../exit-code.ts';
import type { Column } from '../terminal/render-table.ts';

export async function runWebhooksDeliveries(id: string, flags: ServerFlags & ListFlags, context: CliContext): Promise<ExitCode> {
  const client = await openClient(flags, context);
  const deliveries = await listAll(flags, (query) => client.call(operations.listWebhookDeliveries, { params: { id }, query }));
  await printList(deliveries, columns, flags, context);
  return exitCodes.clean;
}

const columns: readonly Column<WebhookDelivery>[] = [
  ['DELIVERY', ({ id }) => id],
  ['EVENT', ({ event_type: type }) => type],
  ['STATE', ({ state }) => state],
  ['ATTEMPTS', ({ attempts }) => attempts],
  ['ANSWER', ({ last_status: status, last_error: error }) => status ?? error],
  ['CREATED', ({ created_at: at }) => at],
];
