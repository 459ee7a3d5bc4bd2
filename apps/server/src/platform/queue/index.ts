export { createAlarm } from './alarm.ts';
export { batchCalls } from './batch-calls.ts';
export { DoorbellDown, queueNames } from './doorbell.ts';
export type { Doorbell, QueueName, Taker, TaskMessage } from './doorbell.ts';
export { openDoorbell } from './open-doorbell.ts';
export { announce, notifyRelays, outboxChannel, startOutboxRelay } from './outbox-relay.ts';
export type { OutboxRelay } from './outbox-relay.ts';
