export { appendEvents } from './append-events.ts';
export type { EventSubject, NewEvent, ServiceEvent } from './event.ts';
export { forgetEvents } from './forget-events.ts';
export { listEvents } from './list-events.ts';
export { openEventHub } from './open-event-hub.ts';
export type { EventHub, EventHubOptions } from './open-event-hub.ts';
