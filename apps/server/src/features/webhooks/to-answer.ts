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
    old_secrets_until: findLastEnd(row)?.toISOString() ?? null,
    created_at: row.created_at.toISOString(),
    updated_at: row.updated_at.toISOString(),
  };
}

/** Undefined when none of them counts any more. */
function findLastEnd({ secrets_end_at: ends }: EndpointRow): Date | undefined {
  // As the driver gives them; the types know no dates within a list, and no gaps.
  const dates = ends as unknown as readonly (Date | null)[];
  return dates.filter((end): end is Date => end !== null && end > new Date()).sort((a, b) => b.getTime() - a.getTime())[0];
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
