import { createCipheriv, createDecipheriv, createHash, createPrivateKey, createPublicKey, hkdfSync, randomBytes } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { KeyringError } from './keyring-error.ts';
import type { KeyringKeys } from './keyring-keys.ts';

/** The keys of the service. They leave it in one form only: wrapped around data keys. */
export interface Keyring {
  /** Encrypts the key of one object with the current wrapping key. The text names that key, and needs the same context to be opened. */
  wrapKey(dataKey: Uint8Array, context: string): string;
  /** Throws `KEY_UNKNOWN` when the wrapping key is not there any more, `KEY_REFUSED` for another context or a changed text. */
  unwrapKey(wrapped: string, context: string): Buffer;
  /** 32 bytes for the ids of a tenant's findings (HMAC-SHA-256): the same for ever, and unlike those of all other tenants. */
  tenantKey(tenantId: string): Buffer;
  /** 32 bytes for another purpose, such as signing links. */
  purposeKey(purpose: string): Buffer;
  /** Ed25519; signs proofs. */
  readonly signingKey: KeyObject;
  readonly publicKey: KeyObject;
  /** Of the public key (SHA-256 of its DER form, hexadecimal): what people compare. */
  readonly fingerprint: string;
}

/** Puts keys to use. Throws `KEYRING_INVALID`. */
export function createKeyring(keys: KeyringKeys): Keyring {
  const wrapping = new Map(keys.wrapping.map(({ id, key }) => [id, Buffer.from(key, 'base64')]));
  const current = keys.wrapping[0]!.id;
  const derivation = Buffer.from(keys.derivation, 'base64');
  const signingKey = parseSigningKey(keys.signing);
  const publicKey = createPublicKey(signingKey);

  return {
    wrapKey(dataKey, context) {
      const nonce = randomBytes(12);
      const cipher = createCipheriv('aes-256-gcm', wrapping.get(current)!, nonce).setAAD(buildLabel('data key', context));
      const sealed = Buffer.concat([nonce, cipher.update(dataKey), cipher.final(), cipher.getAuthTag()]);
      return `${current}.${sealed.toString('base64url')}`;
    },

    unwrapKey(wrapped, context) {
      const [id = '', text = ''] = wrapped.split('.');
      const key = wrapping.get(id);
      if (key === undefined) throw new KeyringError('KEY_UNKNOWN', 'The key that this was encrypted with is not in the keyring any more.');
      const sealed = Buffer.from(text, 'base64url');
      try {
        const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, 12), { authTagLength: 16 });
        decipher.setAAD(buildLabel('data key', context)).setAuthTag(sealed.subarray(-16));
        return Buffer.concat([decipher.update(sealed.subarray(12, -16)), decipher.final()]);
      } catch {
        throw new KeyringError('KEY_REFUSED', 'An encrypted key was changed, or belongs to something else.');
      }
    },

    tenantKey: (tenantId) => derive(derivation, buildLabel('finding ids', tenantId)),
    purposeKey: (purpose) => derive(derivation, buildLabel('purpose', purpose)),
    signingKey,
    publicKey,
    fingerprint: createHash('sha256')
      .update(publicKey.export({ type: 'spki', format: 'der' }))
      .digest('hex'),
  };
}

/** HKDF-SHA-256 (RFC 5869) without salt: the secret is random already. */
function derive(secret: Buffer, label: Buffer): Buffer {
  return Buffer.from(hkdfSync('sha256', secret, Buffer.alloc(0), label, 32));
}

/** What a key is for, in a form that no two purposes share. */
function buildLabel(use: string, context: string): Buffer {
  return Buffer.from(JSON.stringify(['deployguard', 1, use, context]));
}

function parseSigningKey(text: string): KeyObject {
  let key: KeyObject;
  try {
    key = createPrivateKey({ key: Buffer.from(text, 'base64'), format: 'der', type: 'pkcs8' });
  } catch {
    throw new KeyringError('KEYRING_INVALID', 'The signing key of the keyring is no private key (PKCS #8, DER, in base64).');
  }
  if (key.asymmetricKeyType !== 'ed25519')
    throw new KeyringError('KEYRING_INVALID', 'The signing key of the keyring is not of the kind Ed25519.');
  return key;
}
