import { operations } from '@deployguard/contracts';
import type { Feature, Platform } from '../../feature.ts';
import { forEachTenant, rowsPerRound } from '../../platform/database/index.ts';
import { deliverEvent, endDelivery } from './deliver-event.ts';
import { deliverKind } from './kinds.ts';
import type { DeliverInput } from './kinds.ts';
import { forgetDeliveries, forgetEndedSecrets } from './queries.ts';
import { createWebhookService } from './service.ts';

const keptDays = 30;

/** Events that are posted to addresses of users, signed as of Standard Webhooks. */
export function createWebhooksFeature(platform: Platform): Feature {
  const webhooks = createWebhookService(platform);
  return {
    name: 'webhooks',
    register(api) {
      api.add(operations.createWebhook, ({ caller, body, idempotency }) => webhooks.create(caller, body, idempotency));
      api.add(operations.listWebhooks, ({ caller, query }) => webhooks.list(caller, query));
      api.add(operations.getWebhook, ({ caller, params }) => webhooks.get(caller, params.id));
      api.add(operations.updateWebhook, ({ caller, params, body }) => webhooks.update(caller, params.id, body));
      api.add(operations.rotateWebhook, ({ caller, params, body, idempotency }) => webhooks.rotate(caller, params.id, body, idempotency));
      api.add(operations.deleteWebhook, ({ caller, params }) => webhooks.remove(caller, params.id));
      api.add(operations.listWebhookDeliveries, ({ caller, params, query }) => webhooks.listDeliveries(caller, params.id, query));
      api.add(operations.replayWebhookDelivery, ({ caller, params, idempotency }) =>
        webhooks.replay(caller, params.id, params.delivery_id, idempotency),
      );
    },
    tasks: [
      {
        ...deliverKind,
        handle: (input, context) => deliverEvent(platform, input as DeliverInput, context),
        ended: (tx, { input }) => endDelivery(tx, input as DeliverInput),
      },
    ],
    duties: [
      {
        name: 'forget-webhook-deliveries',
        everySeconds: 86_400,
        run: (signal) =>
          forEachTenant(platform.database, signal, (inTenant) => inTenant((tx) => forgetDeliveries(tx, keptDays, rowsPerRound))),
      },
      {
        name: 'forget-webhook-secrets',
        everySeconds: 86_400,
        run: (signal) => forEachTenant(platform.database, signal, (inTenant) => inTenant(forgetEndedSecrets)),
      },
    ],
  };
}
