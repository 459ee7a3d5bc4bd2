import { token } from './forms.ts';
import type { Rule } from './rule.ts';

const kinds = [
  {
    prefix: 'pscale_tkn_',
    id: 'planetscale-service-token',
    title: 'PlanetScale service token',
    url: 'https://planetscale.com/docs/concepts/service-tokens',
    steps: [
      'Delete the service token in the settings of its organisation.',
      'Review the audit log: branches, passwords and deploy requests that were made.',
    ],
  },
  {
    prefix: 'pscale_oauth_',
    id: 'planetscale-oauth-token',
    title: 'PlanetScale OAuth token',
    url: 'https://planetscale.com/docs/api/planetscale-api-oauth-applications',
    steps: ['Revoke the access of the application in the settings of the account.', 'Review the audit log of the organisation.'],
  },
  {
    prefix: 'pscale_pw_',
    id: 'planetscale-password',
    title: 'PlanetScale database password',
    url: 'https://planetscale.com/docs/concepts/connection-strings',
    steps: [
      'Create a new password for the branch, roll it out, then delete the leaked one.',
      'Review the query insights for reads you do not know.',
    ],
  },
];

export const rules: readonly Rule[] = kinds.map(({ prefix, id, title, url, steps }) => ({
  id,
  title,
  provider: 'PlanetScale',
  severity: 'critical',
  precision: 'exact',
  keywords: [prefix],
  expression: token(`${prefix}[\\w-]{32,64}`),
  minEntropy: 4,
  source: 'https://planetscale.com/docs/concepts/service-tokens',
  rotation: { url, steps },
  examples: {
    matches: [
      (sample) => `PLANETSCALE_TOKEN=${prefix}${sample.base64url(43)}`,
      (sample) => `DATABASE_URL='mysql://user:${prefix}${sample.alnum(43)}@aws.connect.psdb.cloud/shop?sslaccept=strict'`,
    ],
    misses: [
      () => `PLANETSCALE_TOKEN=${prefix}${'x'.repeat(43)}`,
      (sample) => `PLANETSCALE_TOKEN=${prefix}${sample.alnum(12)}`,
      () => `PLANETSCALE_TOKEN=${prefix}<token>`,
    ],
  },
}));
