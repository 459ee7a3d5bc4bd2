import type { PhoenixConnection, PhoenixCredentials } from '@deployguard/reports';
import type { Platform } from '../../feature.ts';
import type { Keyring } from '../../platform/keyring/index.ts';
import type { ImportRow } from './queries.ts';

/** As whom and how Phoenix is talked to for an upload. */
export function connectToPhoenix(
  { config, egress, keyring }: Platform,
  row: ImportRow,
): { readonly credentials: PhoenixCredentials; readonly options: PhoenixConnection } {
  return {
    credentials: { clientId: row.phoenix_client_id!, clientSecret: openPhoenixSecret(keyring, row.id, row.sealed_phoenix_secret!) },
    options: {
      policy: egress.policy,
      trustedCertificates: egress.trustedCertificates,
      requestsPerMinute: config.imports.phoenixRequestsPerMinute,
      requestTimeoutSeconds: config.imports.phoenixTimeoutSeconds,
    },
  };
}

export function sealPhoenixSecret(keyring: Keyring, importId: string, secret: string): Buffer {
  return Buffer.from(keyring.wrapKey(Buffer.from(secret), contextOf(importId)));
}

function openPhoenixSecret(keyring: Keyring, importId: string, sealed: Buffer): string {
  return keyring.unwrapKey(sealed.toString('latin1'), contextOf(importId)).toString();
}

function contextOf(importId: string): string {
  return `phoenix ${importId}`;
}
