import { randomUUIDv7 } from 'node:crypto';
import { webhookEvents } from '@deployguard/contracts';
import type { Tx } from '../../platform/database/index.ts';
import { enqueueTask } from '../../platform/tasks/index.ts';
import type { Requester } from '../../platform/tasks/index.ts';
import { deliverKind } from './kinds.ts';
import type { DeliverInput } from './kinds.ts';
import { insertDelivery, listSubscribedIds } from './queries.ts';

/**
 * Has an event sent to whoever wants its type, in the transaction in which it happens. What is no type of event is nothing that anybody can
 * want. The data must hold no secret. `requester`: whose request it goes back to.
 */
export async function queueWebhookEvent(
  tx: Tx,
  type: string,
  data: Readonly<Record<string, unknown>>,
  requester?: Requester,
): Promise<void> {
  if (!(webhookEvents as readonly string[]).includes(type)) return;
  const endpointIds = await listSubscribedIds(tx, type);
  // One event, whoever gets it and however often.
  const eventId = randomUUIDv7();
  const payload = JSON.stringify({ type, timestamp: new Date().toISOString(), data });
  for (const endpointId of endpointIds) {
    const input: DeliverInput = { deliveryId: randomUUIDv7() };
    await insertDelivery(tx, {
      id: input.deliveryId,
      endpoint_id: endpointId,
      event_id: eventId,
      event_type: type,
      payload,
      next_attempt_at: new Date(),
    });
    await enqueueTask(tx, deliverKind, input, { requester });
  }
}
