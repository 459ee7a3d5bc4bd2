import { token } from './forms.ts';
import type { Rule } from './rule.ts';

const source = 'https://linear.app/developers/graphql#personal-api-keys';

export const rules: readonly Rule[] = [
  {
    id: 'linear-api-key',
    title: 'Linear API key',
    provider: 'Linear',
    severity: 'high',
    precision: 'exact',
    keywords: ['lin_api_'],
    expression: token('lin_api_[A-Za-z0-9]{40}'),
    minEntropy: 4,
    source,
    rotation: {
      url: 'https://linear.app/settings/account/security',
      steps: [
        'Revoke the key on the linked page.',
        'Check the audit log of the workspace.',
        'Create a key limited to the teams and permissions that are needed.',
      ],
    },
    examples: {
      matches: [
        (sample) => `LINEAR_API_KEY=lin_api_${sample.alnum(40)}`,
        (sample) => `new LinearClient({ apiKey: "lin_api_${sample.alnum(40)}" })`,
      ],
      misses: [() => 'LINEAR_API_KEY=lin_api_xxx', (sample) => `lin_api_${sample.alnum(12)}`, () => `lin_api_${'x'.repeat(40)}`],
    },
  },
  {
    id: 'linear-oauth-token',
    title: 'Linear OAuth access token',
    provider: 'Linear',
    severity: 'high',
    precision: 'exact',
    keywords: ['lin_oauth_'],
    expression: token('lin_oauth_[0-9a-f]{64}'),
    minEntropy: 3.2,
    source: 'https://linear.app/developers/oauth-2-0-authentication',
    rotation: {
      url: 'https://linear.app/settings/account/security',
      steps: [
        'Revoke the token (`POST https://api.linear.app/oauth/revoke`) or remove the application from the workspace.',
        'Check the audit log.',
      ],
    },
    examples: {
      matches: [(sample) => `LINEAR_TOKEN=lin_oauth_${sample.hex(64)}`, (sample) => `Authorization: Bearer lin_oauth_${sample.hex(64)}`],
      misses: [() => 'LINEAR_TOKEN=lin_oauth_...', (sample) => `lin_oauth_${sample.hex(20)}`],
    },
  },
  {
    id: 'linear-webhook-secret',
    title: 'Linear webhook signing secret',
    provider: 'Linear',
    severity: 'medium',
    precision: 'exact',
    keywords: ['lin_wh_'],
    expression: token('lin_wh_[A-Za-z0-9]{40,48}'),
    minEntropy: 4,
    source: 'https://linear.app/developers/webhooks#securing-webhooks',
    rotation: {
      url: 'https://linear.app/settings/api',
      steps: [
        'Delete the webhook and create it again: each has a signing secret of its own.',
        'Check what a forged event could have changed.',
      ],
    },
    examples: {
      matches: [(sample) => `LINEAR_WEBHOOK_SECRET=lin_wh_${sample.alnum(44)}`, (sample) => `secret: 'lin_wh_${sample.alnum(43)}'`],
      misses: [() => 'LINEAR_WEBHOOK_SECRET=lin_wh_your_secret_here', () => `lin_wh_${'x'.repeat(44)}`],
    },
  },
];
