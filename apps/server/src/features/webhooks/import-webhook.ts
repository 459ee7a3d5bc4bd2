import { randomUUIDv7 } from 'node:crypto';
import type { Tx } from '../../platform/database/index.ts';
import type { Keyring } from '../../platform/keyring/index.ts';
import { enqueueTask } from '../../platform/tasks/index.ts';
import type { Requester } from '../../platform/tasks/index.ts';
import { deliverKind } from './kinds.ts';
import type { DeliverInput } from './kinds.ts';
import { findImportEndpoint, insertDelivery, insertEndpoint } from './queries.ts';
import { sealHeaders, sealSecret } from './secrets.ts';

export interface ImportWebhook {
  readonly importId: string;
  readonly userId: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Undefined: what is posted is not signed. */
  readonly secret: Uint8Array | undefined;
}

/** The webhook that comes with an upload: for this one alone, and gone with it. */
export async function insertImportWebhook(tx: Tx, keyring: Keyring, webhook: ImportWebhook): Promise<void> {
  const { importId, userId, url, headers, secret } = webhook;
  const id = randomUUIDv7();
  await insertEndpoint(tx, {
    id,
    user_id: userId,
    url,
    event_types: [],
    sealed_secrets: secret === undefined ? [] : [sealSecret(keyring, id, secret)],
    sealed_headers: Object.keys(headers).length === 0 ? null : sealHeaders(keyring, id, headers),
    import_id: importId,
  });
}

/** Has the end of an upload told to the webhook that came with it. */
export async function queueImportWebhook(
  tx: Tx,
  importId: string,
  payload: Readonly<Record<string, unknown>> & { readonly status: string },
  requester: Requester | undefined,
): Promise<void> {
  const endpoint = await findImportEndpoint(tx, importId);
  if (endpoint === undefined) return;
  const input: DeliverInput = { deliveryId: randomUUIDv7() };
  await insertDelivery(tx, {
    id: input.deliveryId,
    endpoint_id: endpoint.id,
    event_id: randomUUIDv7(),
    event_type: `import.${payload.status}`,
    payload: JSON.stringify(payload),
    next_attempt_at: new Date(),
  });
  await enqueueTask(tx, deliverKind, input, { requester });
}
