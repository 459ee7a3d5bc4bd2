import { encodeBech32, hasBech32Checksum } from './bech32.ts';
import { token } from './forms.ts';
import type { Rule } from './rule.ts';
import type { Sampler } from './sampler.ts';

const characters = 'QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L';

export const rules: readonly Rule[] = [
  {
    id: 'age-secret-key',
    title: 'age secret key',
    provider: 'age',
    severity: 'critical',
    precision: 'exact',
    keywords: ['AGE-SECRET-KEY-1'],
    expression: token(`AGE-SECRET-KEY-1[${characters}]{58}`),
    isValid: (secret) => hasBech32Checksum(secret.toLowerCase()),
    source: 'https://github.com/C2SP/C2SP/blob/main/age.md#the-x25519-recipient-type',
    rotation: {
      url: 'https://github.com/FiloSottile/age#readme',
      steps: [
        'Create a new identity with `age-keygen`.',
        'Rotate every value that was encrypted to the old recipient: who has the key and the ciphertexts can read them.',
        'Encrypt the new values to the new recipient (with SOPS: change `.sops.yaml`, then `sops updatekeys` and `sops rotate`).',
      ],
    },
    examples: {
      matches: [(sample) => secretKey(sample), (sample) => `SOPS_AGE_KEY="${secretKey(sample)}"`],
      misses: [
        (sample) => `AGE-SECRET-KEY-1${sample.from(characters, 58)}`,
        () => 'SOPS_AGE_KEY=AGE-SECRET-KEY-1XXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXX',
      ],
    },
  },
];

function secretKey(sample: Sampler): string {
  const values = [...sample.from(characters, 52)].map((character) => characters.indexOf(character));
  return encodeBech32('age-secret-key-', values).toUpperCase();
}
