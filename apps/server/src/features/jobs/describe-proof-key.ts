import type { ProofKey } from '@deployguard/contracts';
import type { Keyring } from '../../platform/keyring/index.ts';

/** What anybody needs to check the signature of a proof, named as the signatures name it. */
export function describeProofKey({ publicKey, fingerprint }: Pick<Keyring, 'publicKey' | 'fingerprint'>): ProofKey {
  return {
    algorithm: 'Ed25519',
    public_key: publicKey.export({ type: 'spki', format: 'pem' }) as string,
    fingerprint: `SHA256:${Buffer.from(fingerprint, 'hex').toString('base64')}`,
  };
}
