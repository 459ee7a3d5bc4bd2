export { queueWebhookEvent } from './queue-event.ts';
export { createWebhooksFeature } from './routes.ts';
export { insertImportWebhook, queueImportWebhook } from './import-webhook.ts';
