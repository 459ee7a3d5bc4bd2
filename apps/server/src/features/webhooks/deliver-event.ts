import { sql } from 'kysely';
import type { Platform } from '../../feature.ts';
import { appendAudit, systemActor } from '../../platform/audit/index.ts';
import type { Tx } from '../../platform/database/index.ts';
import { enqueueTask } from '../../platform/tasks/index.ts';
import type { Requester, TaskContext } from '../../platform/tasks/index.ts';
import type { DeliveryOutcome } from '../../platform/telemetry/index.ts';
import type { DeliverInput } from './kinds.ts';
import { deliverKind } from './kinds.ts';
import { findDelivery, findEndpoint, listSigningSecrets, updateDelivery, updateEndpoint } from './queries.ts';
import type { DeliveryRow, EndpointRow } from './queries.ts';
import { openHeaders, openSecret, signEvent } from './secrets.ts';
import { waitAfter } from './wait-after.ts';

/** What came of one attempt. Nothing of the answer's body is looked at or kept. */
interface Outcome {
  readonly status: number | undefined;
  readonly retryAfterSeconds: number;
}

/** Makes one attempt to hand an event over. An attempt that is cut off is made again, under the same id of the event. */
export async function deliverEvent(platform: Platform, { deliveryId }: DeliverInput, context: TaskContext): Promise<void> {
  const found = await context.fenced(async (tx) => {
    const delivery = await findDelivery(tx, deliveryId);
    const endpoint = delivery === undefined ? undefined : await findEndpoint(tx, delivery.endpoint_id);
    if (delivery?.state !== 'pending' || endpoint === undefined) return undefined;
    return { delivery, endpoint, secrets: await listSigningSecrets(tx, endpoint.id) };
  });
  // The endpoint was deleted, or another task was faster.
  if (found === undefined) return;
  const { delivery, endpoint } = found;
  if (endpoint.disabled_at !== null) {
    return context.finish((tx) => giveUp(tx, delivery.id, { last_error: 'The webhook is disabled.' }));
  }
  const outcome = await post(platform, found, context.signal);
  let result: DeliveryOutcome = 'failed';
  await context.finish(async (tx) => {
    result = await settle(tx, { delivery, endpoint, outcome, requester: context.requester });
  });
  platform.metrics.countDelivery(result);
}

/** Nothing waits for ever for a task that came to nothing. */
export async function endDelivery(tx: Tx, { deliveryId }: DeliverInput): Promise<void> {
  const delivery = await findDelivery(tx, deliveryId);
  if (delivery?.state === 'pending') await giveUp(tx, deliveryId, { last_error: 'The event could not be sent.' });
}

interface Pending {
  readonly delivery: DeliveryRow;
  readonly endpoint: EndpointRow;
  /** Sealed. */
  readonly secrets: readonly Buffer[];
}

async function post(
  { egress, keyring }: Platform,
  { delivery, endpoint, secrets: sealed }: Pending,
  signal: AbortSignal,
): Promise<Outcome> {
  const { event_id: eventId, payload } = delivery;
  const { id, url, sealed_headers: sealedHeaders } = endpoint;
  const secrets = sealed.map((secret) => openSecret(keyring, id, secret));
  const body = JSON.stringify(payload);
  const headers = {
    ...(sealedHeaders === null ? {} : openHeaders(keyring, id, sealedHeaders)),
    'content-type': 'application/json',
    'user-agent': 'deployguard',
    ...signEvent(secrets, eventId, new Date(), body),
  };
  try {
    // Redirects are not followed: the address is the one that was checked.
    const response = await egress.fetch(url, { method: 'POST', headers, body, signal });
    await response.body?.cancel();
    return { status: response.status, retryAfterSeconds: parseRetryAfter(response.headers.get('retry-after')) };
  } catch (error) {
    signal.throwIfAborted();
    // Why is for the operator's log: it would tell what there is inside.
    if ((error as { name?: unknown }).name === 'EgressError') return { status: undefined, retryAfterSeconds: 0 };
    throw error;
  }
}

/** Seconds, or a date (RFC 9110 §10.2.3); 0 for nothing that can be read. */
function parseRetryAfter(value: string | null): number {
  const seconds = /^\d+$/.test(value ?? '') ? Number(value) : (Date.parse(value ?? '') - Date.now()) / 1000;
  return Number.isFinite(seconds) && seconds > 0 ? seconds : 0;
}

interface Attempted {
  readonly delivery: DeliveryRow;
  readonly endpoint: EndpointRow;
  readonly outcome: Outcome;
  readonly requester: Requester | undefined;
}

async function settle(tx: Tx, { delivery, endpoint, outcome, requester }: Attempted): Promise<DeliveryOutcome> {
  const { id, attempt_count: before } = delivery;
  const { status, retryAfterSeconds } = outcome;
  const attempts = before + 1;
  const tried = { attempt_count: attempts, last_attempt_at: new Date(), last_status_code: status ?? null };
  if (status !== undefined && status >= 200 && status < 300) {
    await updateDelivery(tx, id, { ...tried, state: 'delivered', delivered_at: new Date(), next_attempt_at: null, last_error: null });
    return 'delivered';
  }
  const failed = { ...tried, last_error: status === undefined ? 'The server could not be reached.' : `The server answered ${status}.` };
  if (status === 410) {
    const reason = 'The server answered 410: it wants no more events.';
    await giveUp(tx, id, failed);
    await updateEndpoint(tx, endpoint.id, { disabled_at: new Date(), disabled_reason: reason });
    const details = { webhook_id: endpoint.id, reason };
    await appendAudit(tx, { ...(requester ?? systemActor), action: 'webhook_disabled', details });
    return 'refused';
  }
  const waitSeconds = waitAfter(attempts, retryAfterSeconds);
  if (waitSeconds === undefined) {
    await giveUp(tx, id, failed);
    return 'failed';
  }
  await updateDelivery(tx, id, { ...failed, next_attempt_at: sql<Date>`now() + make_interval(secs => ${waitSeconds})` });
  await enqueueTask(tx, deliverKind, { deliveryId: id } satisfies DeliverInput, { delaySeconds: waitSeconds, requester });
  return 'retried';
}

async function giveUp(tx: Tx, id: string, change: Parameters<typeof updateDelivery>[2]): Promise<void> {
  await updateDelivery(tx, id, { ...change, state: 'failed', next_attempt_at: null });
}
