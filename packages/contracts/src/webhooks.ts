import Type from 'typebox';
import type { Static } from 'typebox';
import { defineOperation } from './operation.ts';
import { pageOf, pageQuery } from './paging.ts';
import { count, entity, line, nullable, oneOf, parameters, timestamp, uuid } from './schema.ts';
import { webhookEvents } from './words.ts';

const url = Type.String({
  maxLength: 500,
  pattern: '^https?://[^\\s\\u0000-\\u001f\\u007f]+$',
  description: 'Where events are posted to. It must lead to a public address unless the operator allows its host.',
});
const events = Type.Array(oneOf(webhookEvents), { minItems: 1, maxItems: webhookEvents.length, uniqueItems: true });

export const Webhook = entity('Webhook', {
  id: uuid,
  url: Type.String(),
  description: nullable(Type.String()),
  events: Type.Array(oneOf(webhookEvents)),
  enabled: Type.Boolean(),
  disabled_reason: nullable(Type.String()),
  old_secrets_until: nullable(
    Type.String({ format: 'date-time', description: 'Until when events are signed with secrets from before the last rotation as well.' }),
  ),
  created_at: timestamp,
  updated_at: timestamp,
});
export type Webhook = Static<typeof Webhook>;

/** A webhook that was just made: the only time that its secret is shown. */
export const WebhookWithSecret = entity('WebhookWithSecret', {
  webhook: Webhook,
  secret: Type.String({ description: 'Signs the events, as of Standard Webhooks. It is shown once.' }),
});
export type WebhookWithSecret = Static<typeof WebhookWithSecret>;

export const CreateWebhook = entity(
  'CreateWebhook',
  { url, events, description: Type.Optional(line(200)) },
  { examples: [{ url: 'https://hooks.example.com/deployguard', events: ['job.completed', 'job.failed'] }] },
);

export const UpdateWebhook = entity(
  'UpdateWebhook',
  {
    url: Type.Optional(url),
    events: Type.Optional(events),
    description: Type.Optional(line(200)),
    enabled: Type.Optional(Type.Boolean()),
  },
  { examples: [{ enabled: false }] },
);

const RotateWebhook = entity(
  'RotateWebhook',
  {
    overlap_seconds: Type.Optional(
      Type.Integer({
        minimum: 0,
        maximum: 604_800,
        default: 86_400,
        description: 'How long events are signed with the old secret as well: two signatures in one header. 0 when it has leaked.',
      }),
    ),
  },
  { examples: [{ overlap_seconds: 86_400 }] },
);

export const WebhookDelivery = entity('WebhookDelivery', {
  id: uuid,
  event_id: uuid,
  event_type: oneOf(webhookEvents),
  state: oneOf(['pending', 'delivered', 'failed']),
  attempts: count,
  last_status: nullable(Type.Integer()),
  last_error: nullable(Type.String()),
  next_attempt_at: nullable(timestamp),
  created_at: timestamp,
  delivered_at: nullable(timestamp),
});
export type WebhookDelivery = Static<typeof WebhookDelivery>;

const tag = 'Webhooks';
const params = parameters({ id: uuid });

export const createWebhook = defineOperation({
  id: 'createWebhook',
  method: 'POST',
  path: '/api/v2/webhooks',
  summary: 'Have events posted to an address',
  tag,
  access: 'webhooks:write',
  body: CreateWebhook,
  answers: { 201: WebhookWithSecret },
  idempotent: true,
  showsSecret: true,
});

export const listWebhooks = defineOperation({
  id: 'listWebhooks',
  method: 'GET',
  path: '/api/v2/webhooks',
  summary: 'List the webhooks',
  tag,
  access: 'webhooks:read',
  query: parameters(pageQuery),
  answers: { 200: pageOf('WebhookPage', Webhook) },
});

export const getWebhook = defineOperation({
  id: 'getWebhook',
  method: 'GET',
  path: '/api/v2/webhooks/{id}',
  summary: 'Show one webhook, without its secret',
  tag,
  access: 'webhooks:read',
  params,
  answers: { 200: Webhook },
});

export const updateWebhook = defineOperation({
  id: 'updateWebhook',
  method: 'PATCH',
  path: '/api/v2/webhooks/{id}',
  summary: 'Change a webhook; what is not named stays',
  tag,
  access: 'webhooks:write',
  params,
  body: UpdateWebhook,
  answers: { 200: Webhook },
});

export const rotateWebhook = defineOperation({
  id: 'rotateWebhook',
  method: 'POST',
  path: '/api/v2/webhooks/{id}/rotate',
  summary: 'Sign events with a new secret, and for a while with the old one as well',
  tag,
  access: 'webhooks:write',
  params,
  body: RotateWebhook,
  answers: { 201: WebhookWithSecret },
  idempotent: true,
  showsSecret: true,
});

export const deleteWebhook = defineOperation({
  id: 'deleteWebhook',
  method: 'DELETE',
  path: '/api/v2/webhooks/{id}',
  summary: 'Delete a webhook and its deliveries',
  tag,
  access: 'webhooks:write',
  params,
  answers: { 202: Webhook },
});

export const listWebhookDeliveries = defineOperation({
  id: 'listWebhookDeliveries',
  method: 'GET',
  path: '/api/v2/webhooks/{id}/deliveries',
  summary: 'List what was sent and what came back',
  tag,
  access: 'webhooks:read',
  params,
  query: parameters({ ...pageQuery, state: Type.Optional(WebhookDelivery.properties.state) }),
  answers: { 200: pageOf('WebhookDeliveryPage', WebhookDelivery) },
});

export const replayWebhookDelivery = defineOperation({
  id: 'replayWebhookDelivery',
  method: 'POST',
  path: '/api/v2/webhooks/{id}/deliveries/{delivery_id}/replay',
  summary: 'Send an event again, under the same event id',
  tag,
  access: 'webhooks:write',
  params: parameters({ id: uuid, delivery_id: uuid }),
  answers: { 202: WebhookDelivery },
  idempotent: true,
});
