import { crc32 } from 'node:zlib';
import { toBase62 } from './base62.ts';
import { assigned, credentialsOf, token } from './forms.ts';
import type { Rule } from './rule.ts';
import type { Sampler } from './sampler.ts';

const kinds = [
  { prefix: 'vcp_', id: 'vercel-personal-token', title: 'Vercel personal access token', severity: 'critical' },
  { prefix: 'vci_', id: 'vercel-integration-token', title: 'Vercel integration token', severity: 'critical' },
  { prefix: 'vca_', id: 'vercel-app-access-token', title: 'Vercel app access token', severity: 'high' },
  { prefix: 'vcr_', id: 'vercel-app-refresh-token', title: 'Vercel app refresh token', severity: 'critical' },
  { prefix: 'vck_', id: 'vercel-ai-gateway-key', title: 'Vercel AI Gateway API key', severity: 'high' },
] as const;

const rotation = {
  url: 'https://vercel.com/account/settings/tokens',
  steps: [
    'Delete the token: a personal one on the linked page, the others where the integration, app or AI Gateway is set up.',
    'Review the activity log of the team: deployments, environment variables that were read, domains.',
    'Rotate the environment variables of the projects it could read.',
  ],
};

export const rules: readonly Rule[] = [
  ...kinds.map(({ prefix, id, title, severity }): Rule => ({
    id,
    title,
    provider: 'Vercel',
    severity,
    precision: 'exact',
    keywords: [prefix],
    expression: token(`${prefix}[\\w-]{50}[A-Za-z0-9]{6}`),
    isValid: hasVercelChecksum,
    source: 'https://vercel.com/changelog/new-token-formats-and-secret-scanning',
    rotation,
    examples: {
      matches: [
        (sample) => `VERCEL_TOKEN=${withChecksum(prefix, sample)}`,
        (sample) => `vercel deploy --token "${withChecksum(prefix, sample)}" --prod`,
      ],
      misses: [
        (sample) => `VERCEL_TOKEN=${prefix}${sample.alnum(24)}`,
        (sample) => `VERCEL_TOKEN=${prefix}${sample.alnum(56)}`,
        () => `VERCEL_TOKEN=${prefix}${'x'.repeat(56)}`,
        (sample) => `#define ${prefix}${sample.alnum(70)}`,
      ],
    },
  })),
  {
    id: 'vercel-access-token',
    title: 'Vercel access token (older form)',
    provider: 'Vercel',
    severity: 'critical',
    precision: 'contextual',
    keywords: ['vercel'],
    expression: assigned(credentialsOf('vercel'), '[A-Za-z0-9]{24}'),
    minEntropy: 3.7,
    notSecrets: [/^[0-9a-f]{24}$/, /^[^0-9]*$/, /^[^A-Z]*$/],
    source: 'https://vercel.com/docs/rest-api#authentication',
    rotation,
    examples: {
      matches: [(sample) => `VERCEL_TOKEN=${sample.alnum(24)}`, (sample) => `"vercel": { "token": "${sample.alnum(24)}" }`],
      misses: [
        () => 'VERCEL_TOKEN=xxxxxxxxxxxxxxxxxxxxxxxx',
        (sample) => `VERCEL_PROJECT_ID=prj_${sample.alnum(24)}`,
        () => 'vercelToken: readVercelTokenFromStore',
      ],
    },
  },
  {
    id: 'vercel-blob-token',
    title: 'Vercel Blob read-write token',
    provider: 'Vercel',
    severity: 'high',
    precision: 'exact',
    keywords: ['vercel_blob_rw_'],
    expression: token('vercel_blob_rw_[A-Za-z0-9]{12,24}_[A-Za-z0-9]{24,48}'),
    minEntropy: 4,
    source: 'https://vercel.com/docs/vercel-blob/using-blob-sdk',
    rotation: {
      url: 'https://vercel.com/docs/vercel-blob',
      steps: [
        'Regenerate the token of the store under Storage in the Vercel dashboard and redeploy.',
        'Check the store for objects that are new or gone.',
      ],
    },
    examples: {
      matches: [
        (sample) => `BLOB_READ_WRITE_TOKEN="vercel_blob_rw_${sample.alnum(16)}_${sample.alnum(30)}"`,
        (sample) => `put(path, body, { token: 'vercel_blob_rw_${sample.alnum(16)}_${sample.alnum(31)}' })`,
      ],
      misses: [() => 'BLOB_READ_WRITE_TOKEN=vercel_blob_rw_<YOUR_TOKEN>', () => `vercel_blob_rw_${'x'.repeat(16)}_${'x'.repeat(30)}`],
    },
  },
];

/** The last six characters are the CRC-32 of the 50 before them in base 62, as in GitHub's tokens. */
function hasVercelChecksum(secret: string): boolean {
  return toBase62(crc32(secret.slice(4, -6)), 6) === secret.slice(-6);
}

function withChecksum(prefix: string, sample: Sampler): string {
  const random = sample.base64url(50);
  return prefix + random + toBase62(crc32(random), 6);
}
