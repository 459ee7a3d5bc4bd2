import { token } from './forms.ts';
import type { Rule } from './rule.ts';
import type { Sampler } from './sampler.ts';

/** Secret keys use the letters and digits that are not mistaken for one another. */
const secretKeyAlphabet = '23456789ABCDEFGHJKLMNPQRSTVWXYZ';

export const rules: readonly Rule[] = [
  {
    id: '1password-service-account-token',
    title: '1Password service account token',
    provider: '1Password',
    severity: 'critical',
    precision: 'exact',
    keywords: ['ops_eyJ'],
    expression: token('ops_eyJ[A-Za-z0-9+/_-]{250,1500}={0,3}'),
    reach: 1700,
    isValid: isServiceAccountToken,
    source: 'https://developer.1password.com/docs/service-accounts/security',
    rotation: {
      url: 'https://developer.1password.com/docs/service-accounts/manage-service-accounts',
      steps: [
        'Rotate or revoke the token of the service account under Developer > Service accounts.',
        'Read the usage report of the account and rotate every item of the vaults it could read.',
      ],
    },
    examples: {
      matches: [
        (sample) => `OP_SERVICE_ACCOUNT_TOKEN=${serviceAccountToken(sample)}`,
        (sample) => `  token: "${serviceAccountToken(sample)}"`,
      ],
      misses: [
        (sample) => `OP_SERVICE_ACCOUNT_TOKEN=ops_eyJ${sample.base64(40)}`,
        (sample) => `OP_SERVICE_ACCOUNT_TOKEN=ops_eyJ${sample.base64(600)}`,
        () => 'OP_SERVICE_ACCOUNT_TOKEN=ops_eyJ...',
      ],
    },
  },
  {
    id: '1password-secret-key',
    title: '1Password Secret Key',
    provider: '1Password',
    severity: 'high',
    precision: 'exact',
    keywords: ['A3-'],
    expression: token(
      `A3-[${secretKeyAlphabet}]{6}-(?:[${secretKeyAlphabet}]{11}|[${secretKeyAlphabet}]{6}-[${secretKeyAlphabet}]{5})(?:-[${secretKeyAlphabet}]{5}){3}`,
    ),
    minEntropy: 3.5,
    source: 'https://support.1password.com/secret-key-security/',
    rotation: {
      url: 'https://support.1password.com/change-secret-key/',
      steps: [
        'Generate a new Secret Key in the account settings and change the account password.',
        'Sign all devices out and save the new Emergency Kit.',
      ],
    },
    examples: {
      matches: [(sample) => `Secret Key: ${secretKey(sample)}`, (sample) => `op account add --secret-key ${secretKey(sample)}`],
      misses: [
        () => `Secret Key: A3-${'X'.repeat(6)}-${'X'.repeat(6)}-XXXXX-XXXXX-XXXXX-XXXXX`,
        (sample) => `A3-${sample.upper(6)}`,
        (sample) => `FA3-${sample.from(secretKeyAlphabet, 6)}`,
      ],
    },
  },
];

/** The token is base64 of a JSON object that names the server and holds the key material. */
function isServiceAccountToken(secret: string): boolean {
  return /"(?:signInAddress|secretKey|srpX)"/.test(Buffer.from(secret.slice(4), 'base64').toString('latin1'));
}

function serviceAccountToken(sample: Sampler): string {
  const account = {
    email: `${sample.lower(12)}@1passwordserviceaccounts.com`,
    muk: { kty: 'oct', k: sample.base64url(43) },
    secretKey: secretKey(sample),
    srpX: sample.hex(64),
  };
  return `ops_${Buffer.from(JSON.stringify({ signInAddress: 'shop.1password.com', ...account }))
    .toString('base64')
    .replaceAll('=', '')}`;
}

function secretKey(sample: Sampler): string {
  const part = (length: number): string => sample.from(secretKeyAlphabet, length);
  return `A3-${part(6)}-${part(6)}-${part(5)}-${part(5)}-${part(5)}-${part(5)}`;
}
