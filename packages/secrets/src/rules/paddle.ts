import { token } from './forms.ts';
import type { Rule } from './rule.ts';

export const rules: readonly Rule[] = [
  {
    id: 'paddle-api-key',
    title: 'Paddle API key',
    provider: 'Paddle',
    severity: 'critical',
    precision: 'exact',
    keywords: ['pdl_live_apikey_', 'pdl_sdbx_apikey_'],
    expression: token('pdl_(?:live|sdbx)_apikey_[a-z0-9]{26}_[A-Za-z0-9]{22}_[A-Za-z0-9]{3}'),
    minEntropy: 3.8,
    source: 'https://developer.paddle.com/api-reference/about/authentication',
    rotation: {
      url: 'https://vendors.paddle.com/authentication-v2',
      steps: [
        'Revoke the key on the linked page.',
        'Check transactions, adjustments, discounts and notification destinations for changes.',
        'Create a new key with only the permissions that are needed and an expiry date.',
      ],
    },
    examples: {
      matches: [
        (sample) => `PADDLE_API_KEY=pdl_live_apikey_${sample.lower(26)}_${sample.alnum(22)}_${sample.alnum(3)}`,
        (sample) => `Authorization: Bearer pdl_sdbx_apikey_${sample.lower(26)}_${sample.alnum(22)}_${sample.alnum(3)}`,
      ],
      misses: [
        (sample) => `PADDLE_API_KEY=pdl_live_apikey_${sample.lower(26)}`,
        () => `pdl_live_apikey_${'x'.repeat(26)}_${'x'.repeat(22)}_xxx`,
      ],
    },
  },
  {
    id: 'paddle-webhook-secret',
    title: 'Paddle notification secret key',
    provider: 'Paddle',
    severity: 'medium',
    precision: 'exact',
    keywords: ['pdl_ntfset_'],
    expression: token('pdl_ntfset_[a-z0-9]{26}_[A-Za-z0-9+/]{32}'),
    minEntropy: 3.8,
    source: 'https://developer.paddle.com/webhooks/signature-verification',
    rotation: {
      url: 'https://vendors.paddle.com/notifications',
      steps: [
        'Create a new notification destination (the secret belongs to it), switch to it, and delete the old one.',
        'Check entitlements that a forged notification could have granted.',
      ],
    },
    examples: {
      matches: [
        (sample) => `PADDLE_WEBHOOK_SECRET=pdl_ntfset_${sample.lower(26)}_${sample.base64(32)}`,
        (sample) => `secret: 'pdl_ntfset_${sample.lower(26)}_${sample.base64(32)}'`,
      ],
      misses: [(sample) => `pdl_ntfset_${sample.lower(26)}`, () => `pdl_ntfset_${'x'.repeat(26)}_${'x'.repeat(32)}`],
    },
  },
];
