import { createHash, sign, verify } from 'node:crypto';
import type { KeyObject } from 'node:crypto';

/** Signs bytes as cosign does: Ed25519 as it is, ECDSA in DER and RSA in PKCS#1 with SHA-256. */
export function signBytes(bytes: Uint8Array, privateKey: KeyObject): Buffer {
  return sign(chooseHash(privateKey), bytes, privateKey);
}

/** Whether one of the keys signed these bytes. Keys of other kinds than cosign's sign nothing. */
export function isSignedBytes(bytes: Uint8Array, signature: Uint8Array, publicKeys: readonly KeyObject[]): boolean {
  return publicKeys.some((key) => key.type === 'public' && isKnown(key) && verify(chooseHash(key), bytes, key, signature));
}

/** SHA-256 of the key's public part (SPKI, DER), in hexadecimal: a hint for whoever looks for it, nothing to trust. */
export function keyIdOf(publicKey: KeyObject): string {
  return createHash('sha256')
    .update(publicKey.export({ type: 'spki', format: 'der' }))
    .digest('hex');
}

function chooseHash(key: KeyObject): string | null {
  if (!isKnown(key)) throw new TypeError(`A key for signatures is of Ed25519, ECDSA P-256 or RSA, not ${key.asymmetricKeyType}.`);
  return key.asymmetricKeyType === 'ed25519' ? null : 'sha256';
}

function isKnown({ asymmetricKeyType, asymmetricKeyDetails }: KeyObject): boolean {
  if (asymmetricKeyType === 'ec') return asymmetricKeyDetails?.namedCurve === 'prime256v1';
  if (asymmetricKeyType === 'rsa') return (asymmetricKeyDetails?.modulusLength ?? 0) >= 2048;
  return asymmetricKeyType === 'ed25519';
}
