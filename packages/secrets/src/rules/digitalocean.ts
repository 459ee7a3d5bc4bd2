import { assigned, credentialsOf, token } from './forms.ts';
import type { Rule } from './rule.ts';

const source = 'https://docs.digitalocean.com/reference/api/create-personal-access-token/';

const kinds = [
  {
    prefix: 'dop_v1_',
    id: 'digitalocean-personal-access-token',
    title: 'DigitalOcean personal access token',
    severity: 'critical',
    url: 'https://cloud.digitalocean.com/account/api/tokens',
    steps: [
      'Delete or regenerate the token on the linked page.',
      'Look for droplets, SSH keys, databases and team members that you did not add.',
      'Issue a new token with custom scopes and an expiry date.',
    ],
  },
  {
    prefix: 'doo_v1_',
    id: 'digitalocean-oauth-token',
    title: 'DigitalOcean OAuth access token',
    severity: 'high',
    url: 'https://cloud.digitalocean.com/account/api/access',
    steps: ['Revoke the access of the application on the linked page.', 'Review what the application may do and what was done.'],
  },
  {
    prefix: 'dor_v1_',
    id: 'digitalocean-refresh-token',
    title: 'DigitalOcean OAuth refresh token',
    severity: 'critical',
    url: 'https://cloud.digitalocean.com/account/api/access',
    steps: ['Revoke the access of the application on the linked page: the refresh token makes new access tokens until then.'],
  },
] as const;

export const rules: readonly Rule[] = [
  ...kinds.map(({ prefix, id, title, severity, url, steps }): Rule => ({
    id,
    title,
    provider: 'DigitalOcean',
    severity,
    precision: 'exact',
    keywords: [prefix],
    expression: token(`${prefix}[0-9a-f]{64}`),
    minEntropy: 3.5,
    source,
    rotation: { url, steps },
    examples: {
      matches: [
        (sample) => `DIGITALOCEAN_TOKEN=${prefix}${sample.hex(64)}`,
        (sample) => `doctl auth init -t ${prefix}${sample.hex(64)}`,
        (sample) => `provider "digitalocean" { token = "${prefix}${sample.hex(64)}" }`,
      ],
      misses: [
        (sample) => `DIGITALOCEAN_TOKEN=${prefix}${sample.hex(32)}`,
        () => `DIGITALOCEAN_TOKEN=${prefix}${'0'.repeat(64)}`,
        () => `DIGITALOCEAN_TOKEN=${prefix}your_token`,
      ],
    },
  })),
  {
    id: 'digitalocean-spaces-secret',
    title: 'DigitalOcean Spaces secret key',
    provider: 'DigitalOcean',
    severity: 'high',
    precision: 'contextual',
    keywords: ['spaces', 'do_secret'],
    expression: assigned([...credentialsOf('spaces'), 'do_secret'], '[A-Za-z0-9+/]{43}'),
    minEntropy: 4.3,
    notSecrets: [/^[^0-9]*$/, /^[^A-Z]*$/],
    source: 'https://docs.digitalocean.com/products/spaces/how-to/manage-access/',
    rotation: {
      url: 'https://cloud.digitalocean.com/spaces/access_keys',
      steps: [
        'Delete the access key on the linked page and create one that is limited to the buckets it needs.',
        'Check the buckets for objects that are new or gone.',
      ],
    },
    examples: {
      matches: [(sample) => `SPACES_SECRET_ACCESS_KEY=${sample.base64(43)}`, (sample) => `spaces: { secret: "${sample.base64(43)}" }`],
      misses: [
        () => 'SPACES_SECRET_ACCESS_KEY=<spaces-secret>',
        (sample) => `SPACES_SECRET_ACCESS_KEY=${sample.hex(43)}`,
        (sample) => `spaces_token = ${sample.base64(60)}`,
      ],
    },
  },
];
