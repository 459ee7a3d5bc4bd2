import { assigned, credentialsOf, token } from './forms.ts';
import type { Rule } from './rule.ts';

const source = 'https://developers.cloudflare.com/fundamentals/api/get-started/token-formats/';

const globalKeyRotation = {
  url: 'https://dash.cloudflare.com/profile/api-tokens',
  steps: [
    'Change the Global API Key on the linked page at once: it may do whatever the account owner may.',
    'Review the account audit log: DNS records, Workers, members and tokens that were added.',
    'Use API tokens with the least permissions instead.',
  ],
};

const tokenRotation = {
  url: 'https://dash.cloudflare.com/profile/api-tokens',
  steps: [
    'Roll the token on the linked page, an account token under Manage account > API tokens; the old value ends at once.',
    'Review the account audit log for changes of DNS, Workers and members.',
  ],
};

const prefixed = [
  { prefix: 'cfk_', id: 'cloudflare-global-key', title: 'Cloudflare Global API Key', rotation: globalKeyRotation },
  { prefix: 'cfut_', id: 'cloudflare-user-token', title: 'Cloudflare user API token', rotation: tokenRotation },
  { prefix: 'cfat_', id: 'cloudflare-account-token', title: 'Cloudflare account API token', rotation: tokenRotation },
];

export const rules: readonly Rule[] = [
  ...prefixed.map(({ prefix, id, title, rotation }): Rule => ({
    id,
    title,
    provider: 'Cloudflare',
    severity: 'critical',
    precision: 'exact',
    keywords: [prefix],
    expression: token(`${prefix}[\\w-]{40}[A-Za-z0-9]{6,10}`),
    minEntropy: 3.8,
    source,
    rotation,
    examples: {
      matches: [
        (sample) => `CLOUDFLARE_API_TOKEN=${prefix}${sample.alnum(40)}${sample.hex(8)}`,
        (sample) =>
          `curl -H "Authorization: Bearer ${prefix}${sample.alnum(40)}${sample.hex(8)}" https://api.cloudflare.com/client/v4/zones`,
      ],
      misses: [
        (sample) => `CLOUDFLARE_API_TOKEN=${prefix}${sample.alnum(20)}`,
        () => `CLOUDFLARE_API_TOKEN=${prefix}${'x'.repeat(48)}`,
        (sample) => `CLOUDFLARE_API_TOKEN=${prefix}${sample.alnum(80)}`,
      ],
    },
  })),
  {
    id: 'cloudflare-api-token',
    title: 'Cloudflare API token (older form)',
    provider: 'Cloudflare',
    severity: 'critical',
    precision: 'contextual',
    keywords: ['cloudflare', 'cf_api', 'cf_token', 'cf_dns'],
    expression: assigned([...credentialsOf('cloudflare'), 'cf_(?:api_|dns_)?(?:api_)?token'], '[A-Za-z0-9_-]{40}'),
    minEntropy: 4.2,
    notSecrets: [/^[^0-9]*$/, /^[^A-Z]*$/],
    source,
    rotation: tokenRotation,
    examples: {
      matches: [
        (sample) => `CLOUDFLARE_API_TOKEN=${sample.base64url(40)}`,
        (sample) => `dns_cloudflare_api_token = ${sample.base64url(40)}`,
        (sample) => `CF_API_TOKEN: "${sample.base64url(40)}"`,
      ],
      misses: [
        () => 'CLOUDFLARE_API_TOKEN=your_cloudflare_api_token_with_dns_edit_',
        (sample) => `cloudflare_token_sha1: ${sample.hex(40)}`,
        () => 'cloudflare.apiToken = loadCloudflareApiTokenFromTheKeyVault()',
      ],
    },
  },
  {
    id: 'cloudflare-global-key-legacy',
    title: 'Cloudflare Global API Key (older form)',
    provider: 'Cloudflare',
    severity: 'critical',
    precision: 'contextual',
    keywords: ['cloudflare', 'cf_api', 'cf_key', 'cf_global', 'x-auth-key'],
    expression: assigned([...credentialsOf('cloudflare'), 'cf_(?:global_)?(?:api_)?key', 'x-auth-key'], '[0-9a-f]{37}'),
    minEntropy: 3.2,
    source,
    rotation: globalKeyRotation,
    examples: {
      matches: [
        (sample) => `CF_API_KEY=${sample.hex(37)}`,
        (sample) => `curl -H "X-Auth-Email: a@example.com" -H "X-Auth-Key: ${sample.hex(37)}"`,
      ],
      misses: [(sample) => `CLOUDFLARE_KEY_HASH=${sample.hex(40)}`, () => `X-Auth-Key: ${'0'.repeat(37)}`, () => 'X-Auth-Key: $CF_API_KEY'],
    },
  },
  {
    id: 'cloudflare-origin-ca-key',
    title: 'Cloudflare Origin CA key',
    provider: 'Cloudflare',
    severity: 'high',
    precision: 'exact',
    keywords: ['v1.0-'],
    expression: token('v1\\.0-[0-9a-f]{24}-[0-9a-f]{146}'),
    minEntropy: 3.2,
    source: 'https://developers.cloudflare.com/fundamentals/api/get-started/ca-keys/',
    rotation: {
      url: 'https://dash.cloudflare.com/profile/api-tokens',
      steps: ['Change the Origin CA Key on the linked page.', 'Revoke origin certificates that you did not issue.'],
    },
    examples: {
      matches: [
        (sample) => `CLOUDFLARE_API_USER_SERVICE_KEY=v1.0-${sample.hex(24)}-${sample.hex(146)}`,
        (sample) => `X-Auth-User-Service-Key: v1.0-${sample.hex(24)}-${sample.hex(146)}`,
      ],
      misses: [(sample) => `release v1.0-${sample.hex(24)}`, () => `v1.0-${'0'.repeat(24)}-${'0'.repeat(146)}`],
    },
  },
];
