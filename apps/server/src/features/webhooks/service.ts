import { randomUUIDv7 } from 'node:crypto';
import type { BodyOf, QueryOf, Webhook, WebhookWithSecret, operations } from '@deployguard/contracts';
import type { Platform } from '../../feature.ts';
import { appendAudit } from '../../platform/audit/index.ts';
import type { Tx } from '../../platform/database/index.ts';
import { ApiError, auditFieldsOf, buildPage, notFoundError, parsePage } from '../../platform/http/index.ts';
import type { Caller, RequestClaim } from '../../platform/http/index.ts';
import { enqueueTask } from '../../platform/tasks/index.ts';
import { deliverKind } from './kinds.ts';
import type { DeliverInput } from './kinds.ts';
import {
  addSecret,
  countDeliveries,
  countEndpoints,
  deleteEndpoint,
  findDelivery,
  findEndpoint,
  insertEndpoint,
  listDeliveries,
  listEndpoints,
  updateDelivery,
  updateEndpoint,
} from './queries.ts';
import type { EndpointRow } from './queries.ts';
import { createSecret, formatSecret, sealSecret } from './secrets.ts';
import { toDelivery, toWebhook } from './to-answer.ts';

type Ops = typeof operations;

// Each event goes to all of them.
const maxEndpoints = 50;
// Each event is signed with all of them.
const maxSecrets = 5;

/** Where people have events sent to. */
export function createWebhookService(platform: Platform) {
  const inTenant = <T>({ actor }: Caller, work: (tx: Tx) => Promise<T>): Promise<T> => platform.database.asTenant(actor.tenantId, work);

  return {
    async create(
      caller: Caller,
      { url, events, description }: BodyOf<Ops['createWebhook']>,
      idempotency?: RequestClaim,
    ): Promise<WebhookWithSecret> {
      assertUsableUrl(url);
      const id = randomUUIDv7();
      const secret = createSecret();
      return inTenant(caller, async (tx) => {
        if ((await countEndpoints(tx)) >= maxEndpoints) {
          throw new ApiError('ILLEGAL_STATE', `There are ${maxEndpoints} webhooks already. Delete one first.`);
        }
        const row = await insertEndpoint(tx, {
          id,
          user_id: caller.actor.userId,
          url,
          description: description ?? null,
          event_types: events,
          sealed_secrets: [sealSecret(platform.keyring, id, secret)],
        });
        await appendAudit(tx, { action: 'webhook_created', details: { webhook_id: id, events }, ...auditFieldsOf(caller) });
        const made = { webhook: toWebhook(row), secret: formatSecret(secret) };
        await idempotency?.complete(tx, made);
        return made;
      });
    },

    async list(caller: Caller, query: QueryOf<Ops['listWebhooks']>) {
      const page = parsePage(query);
      return inTenant(caller, async (tx) => ({
        ...buildPage(await listEndpoints(tx, page), page, toWebhook),
        ...(page.offset === undefined ? {} : { total: await countEndpoints(tx) }),
      }));
    },

    async get(caller: Caller, id: string): Promise<Webhook> {
      return toWebhook(await inTenant(caller, (tx) => getEndpoint(tx, id)));
    },

    async update(caller: Caller, id: string, { url, events, description, enabled }: BodyOf<Ops['updateWebhook']>): Promise<Webhook> {
      if (url !== undefined) assertUsableUrl(url);
      return inTenant(caller, async (tx) => {
        const row = await updateEndpoint(tx, id, {
          ...(url === undefined ? {} : { url }),
          ...(events === undefined ? {} : { event_types: events }),
          ...(description === undefined ? {} : { description }),
          ...(enabled === undefined ? {} : enabled ? { disabled_at: null, disabled_reason: null } : disabledByUser()),
        });
        if (row === undefined) throw notFoundError('webhook');
        const changed = Object.entries({ url, events, description, enabled }).filter(([, value]) => value !== undefined);
        const details = { webhook_id: id, changed: changed.map(([name]) => name) };
        await appendAudit(tx, { action: 'webhook_changed', details, ...auditFieldsOf(caller) });
        return toWebhook(row);
      });
    },

    /** Receivers take either signature while both are there, so that none of them has to change in the same moment. */
    async rotate(
      caller: Caller,
      id: string,
      { overlap_seconds: overlapSeconds = 86_400 }: BodyOf<Ops['rotateWebhook']>,
      idempotency?: RequestClaim,
    ): Promise<WebhookWithSecret> {
      const secret = createSecret();
      return inTenant(caller, async (tx) => {
        await getEndpoint(tx, id, { forUpdate: true });
        const row = (await addSecret(tx, id, sealSecret(platform.keyring, id, secret), overlapSeconds))!;
        if (row.sealed_secrets.length > maxSecrets) {
          throw new ApiError(
            'ILLEGAL_STATE',
            `${maxSecrets} secrets count already. Wait until some end, or end them: "overlap_seconds": 0.`,
          );
        }
        const details = { webhook_id: id, overlap_seconds: overlapSeconds };
        await appendAudit(tx, { action: 'webhook_rotated', details, ...auditFieldsOf(caller) });
        const made = { webhook: toWebhook(row), secret: formatSecret(secret) };
        await idempotency?.complete(tx, made);
        return made;
      });
    },

    /** Returns what there was. */
    async remove(caller: Caller, id: string): Promise<Webhook> {
      return inTenant(caller, async (tx) => {
        const row = await deleteEndpoint(tx, id);
        if (row === undefined) throw notFoundError('webhook');
        await appendAudit(tx, { action: 'webhook_deleted', details: { webhook_id: id }, ...auditFieldsOf(caller) });
        return toWebhook(row);
      });
    },

    async listDeliveries(caller: Caller, id: string, { state, ...query }: QueryOf<Ops['listWebhookDeliveries']>) {
      const page = parsePage(query);
      return inTenant(caller, async (tx) => {
        await getEndpoint(tx, id);
        return {
          ...buildPage(await listDeliveries(tx, id, state, page), page, toDelivery),
          ...(page.offset === undefined ? {} : { total: await countDeliveries(tx, id, state) }),
        };
      });
    },

    /** Counts its attempts anew; the event keeps its id, so that a receiver that had it can tell. */
    async replay(caller: Caller, id: string, deliveryId: string, idempotency?: RequestClaim) {
      return inTenant(caller, async (tx) => {
        const endpoint = await getEndpoint(tx, id);
        const delivery = await findDelivery(tx, deliveryId);
        if (delivery?.endpoint_id !== id) throw notFoundError('delivery');
        if (endpoint.disabled_at !== null) throw new ApiError('ILLEGAL_STATE', 'The webhook is disabled. Enable it first.');
        if (delivery.state === 'pending') throw new ApiError('ILLEGAL_STATE', 'This event is being delivered.');
        const pending = await updateDelivery(tx, deliveryId, { state: 'pending', attempt_count: 0, next_attempt_at: new Date() });
        await enqueueTask(tx, deliverKind, { deliveryId } satisfies DeliverInput, { requester: auditFieldsOf(caller) });
        const details = { webhook_id: id, delivery_id: deliveryId };
        await appendAudit(tx, { action: 'webhook_replayed', details, ...auditFieldsOf(caller) });
        const shown = toDelivery(pending);
        await idempotency?.complete(tx, shown);
        return shown;
      });
    },
  };
}

async function getEndpoint(tx: Tx, id: string, options: { readonly forUpdate?: boolean } = {}): Promise<EndpointRow> {
  const row = await findEndpoint(tx, id, options);
  if (row === undefined) throw notFoundError('webhook');
  return row;
}

function disabledByUser() {
  return { disabled_at: new Date(), disabled_reason: 'Disabled by a user.' };
}

/** Whether it may be reached is decided when it is, each time. */
function assertUsableUrl(text: string): void {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const problem = url === undefined ? 'is no address' : url.username !== '' || url.password !== '' ? 'holds credentials' : undefined;
  if (problem === undefined) return;
  throw new ApiError('INVALID', `The body is not valid: /url ${problem}.`, {
    errors: [{ in: 'body', path: '/url', message: problem }],
  });
}
