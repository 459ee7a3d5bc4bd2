import { createHmac, randomBytes } from 'node:crypto';
import type { Keyring } from '../../platform/keyring/index.ts';

/** `whsec_` and base64, as of Standard Webhooks (https://github.com/standard-webhooks/standard-webhooks). */
export function formatSecret(secret: Uint8Array): string {
  return `whsec_${Buffer.from(secret).toString('base64')}`;
}

export function createSecret(): Buffer {
  return randomBytes(32);
}

/** Bound to its endpoint: in the row of another it cannot be opened. */
export function sealSecret(keyring: Keyring, endpointId: string, secret: Uint8Array): Buffer {
  return Buffer.from(keyring.wrapKey(secret, contextOf(endpointId)));
}

export function openSecret(keyring: Keyring, endpointId: string, sealed: Buffer): Buffer {
  return keyring.unwrapKey(sealed.toString('latin1'), contextOf(endpointId));
}

/** Names and values that are sent beside ours; they may hold a token. */
export function sealHeaders(keyring: Keyring, endpointId: string, headers: Readonly<Record<string, string>>): Buffer {
  return Buffer.from(keyring.wrapKey(Buffer.from(JSON.stringify(headers)), headersContext(endpointId)));
}

export function openHeaders(keyring: Keyring, endpointId: string, sealed: Buffer): Readonly<Record<string, string>> {
  return JSON.parse(keyring.unwrapKey(sealed.toString('latin1'), headersContext(endpointId)).toString()) as Record<string, string>;
}

function headersContext(endpointId: string): string {
  return `webhook headers ${endpointId}`;
}

function contextOf(endpointId: string): string {
  return `webhook ${endpointId}`;
}

/** The headers that prove an event: its id, when it was sent, and a signature for each secret (several while one is replaced; none without one). */
export function signEvent(secrets: readonly Uint8Array[], eventId: string, sentAt: Date, body: string): Record<string, string> {
  const timestamp = String(Math.floor(sentAt.getTime() / 1000));
  const signatures = secrets.map(
    (secret) => `v1,${createHmac('sha256', secret).update(`${eventId}.${timestamp}.${body}`).digest('base64')}`,
  );
  return {
    'webhook-id': eventId,
    'webhook-timestamp': timestamp,
    ...(signatures.length > 0 && { 'webhook-signature': signatures.join(' ') }),
  };
}
