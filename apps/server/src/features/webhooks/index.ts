export { queueWebhookEvent } from './queue-event.ts';
export { createWebhooksFeature } from './routes.ts';
