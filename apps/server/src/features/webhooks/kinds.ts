import type { TaskKind } from '../../platform/tasks/index.ts';

/** One attempt; the next one is a task of its own. What fails besides the delivery itself, such as the database, is tried again by the queue. */
export const deliverKind = { kind: 'webhook.deliver', queue: 'deployguard' } as const satisfies TaskKind;

export interface DeliverInput {
  readonly deliveryId: string;
}
