import { generateKeyPairSync, randomBytes } from 'node:crypto';
import Type, { type Static } from 'typebox';
import { Check } from 'typebox/value';
import { KeyringError } from './keyring-error.ts';

const key = Type.String({ pattern: '^[A-Za-z0-9+/]{43}=$' });

/** What stands in the file, as JSON; keys in base64. */
const KeyringKeys = Type.Object(
  {
    version: Type.Literal(1),
    /** Around data keys. The first wraps; all unwrap. */
    wrapping: Type.Array(Type.Object({ id: Type.String({ pattern: '^[a-z0-9]{1,32}$' }), key }, { additionalProperties: false }), {
      minItems: 1,
      maxItems: 1000,
    }),
    /** Source of all keys that are derived. Never changed: the ids of findings depend on it. */
    derivation: key,
    /** Ed25519, PKCS #8. */
    signing: Type.String({ pattern: '^[A-Za-z0-9+/]+={0,2}$', maxLength: 1000 }),
  },
  { additionalProperties: false },
);
export type KeyringKeys = Static<typeof KeyringKeys>;

export function generateKeys(): KeyringKeys {
  return { version: 1, wrapping: [generateWrappingKey()], derivation: randomBytes(32).toString('base64'), signing: generateSigningKey() };
}

/** The same keys with a new one to wrap with. The old ones stay, for what they have wrapped. */
export function addWrappingKey(keys: KeyringKeys): KeyringKeys {
  return { ...keys, wrapping: [generateWrappingKey(), ...keys.wrapping] };
}

/** Throws `KEYRING_INVALID`, and says nothing of what was read. */
export function parseKeys(text: string): KeyringKeys {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // The message of the parser would quote keys.
  }
  if (!Check(KeyringKeys, value))
    throw new KeyringError('KEYRING_INVALID', 'This is no keyring: its form is not that of one that we made.');
  if (new Set(value.wrapping.map(({ id }) => id)).size < value.wrapping.length) {
    throw new KeyringError('KEYRING_INVALID', 'The keyring has two keys of the same id.');
  }
  return value;
}

function generateWrappingKey(): { id: string; key: string } {
  return { id: randomBytes(8).toString('hex'), key: randomBytes(32).toString('base64') };
}

function generateSigningKey(): string {
  return generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'der' }).toString('base64');
}
