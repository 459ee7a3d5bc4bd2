import { token } from './forms.ts';
import type { Rule } from './rule.ts';

const rotation = {
  url: 'https://fly.io/docs/security/tokens/',
  steps: [
    'Revoke the token with `fly tokens revoke <id>` (`fly tokens list` shows the ids), a personal one on the account page.',
    'Look for machines, secrets and deployments that you did not make.',
    'Issue a deploy token for the one app that needs it, with an expiry.',
  ],
};

export const rules: readonly Rule[] = [
  {
    id: 'fly-io-macaroon',
    title: 'Fly.io access token',
    provider: 'Fly.io',
    severity: 'critical',
    precision: 'exact',
    keywords: ['fm2_', 'fm1r_', 'fm1a_'],
    // Several macaroons may stand in one token, parted by commas.
    expression: token('(?<!,)fm(?:2|1r|1a)_[A-Za-z0-9+/]{60,900}={0,3}(?:,f[mo](?:2|1|1r|1a)_[A-Za-z0-9+/]{60,900}={0,3}){0,3}'),
    reach: 3700,
    minEntropy: 4,
    source: 'https://fly.io/docs/security/tokens/',
    rotation,
    examples: {
      matches: [
        (sample) => `FLY_API_TOKEN="FlyV1 fm2_${sample.base64(300)}=,fm2_${sample.base64(200)}="`,
        (sample) => `fly deploy -t fm1r_${sample.base64(180)}==`,
      ],
      misses: [() => `FLY_API_TOKEN="FlyV1 fm2_${'x'.repeat(200)}"`, (sample) => `fm2_${sample.base64(20)}`],
    },
  },
  {
    id: 'fly-io-auth-token',
    title: 'Fly.io access token (older form)',
    provider: 'Fly.io',
    severity: 'critical',
    precision: 'exact',
    keywords: ['fo1_'],
    expression: token('fo1_[\\w-]{43}'),
    minEntropy: 4,
    source: 'https://fly.io/docs/security/tokens/',
    rotation,
    examples: {
      matches: [(sample) => `FLY_API_TOKEN=fo1_${sample.base64url(43)}`, (sample) => `access_token: fo1_${sample.base64url(43)}`],
      misses: [() => `FLY_API_TOKEN=fo1_${'x'.repeat(43)}`, (sample) => `fo1_${sample.alnum(10)}`, (sample) => `info1_${sample.alnum(43)}`],
    },
  },
];
