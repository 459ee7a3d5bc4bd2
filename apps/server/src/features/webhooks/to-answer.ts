import type { AnswerOf, Webhook, operations } from '@deployguard/contracts';
import type { DeliveryRow, EndpointRow } from './queries.ts';

export function toWebhook(row: EndpointRow): Webhook {
  return {
    id: row.id,
    url: row.url,
    description: row.description,
    events: row.event_types as Webhook['events'],
    enabled: row.disabled_at === null,
    disabled_reason: row.disabled_reason,
    created_at: row.created_at.toISOString(),
    updated_at: row.updated_at.toISOString(),
  };
}

type Delivery = AnswerOf<typeof operations.replayWebhookDelivery>;

export function toDelivery(row: DeliveryRow): Delivery {
  return {
    id: row.id,
    event_id: row.event_id,
    event_type: row.event_type as Delivery['event_type'],
    state: row.state,
    attempts: row.attempt_count,
    last_status: row.last_status_code,
    last_error: row.last_error,
    next_attempt_at: row.next_attempt_at?.toISOString() ?? null,
    created_at: row.created_at.toISOString(),
    delivered_at: row.delivered_at?.toISOString() ?? null,
  };
}
