import { token } from './forms.ts';
import type { Rule } from './rule.ts';

export const rules: readonly Rule[] = [
  {
    id: 'shippo-api-token',
    title: 'Shippo live API token',
    provider: 'Shippo',
    severity: 'high',
    precision: 'exact',
    keywords: ['shippo_live_'],
    expression: token('shippo_live_[0-9a-f]{40}'),
    minEntropy: 3,
    source: 'https://docs.goshippo.com/docs/guides_general/authentication/',
    rotation: {
      url: 'https://apps.goshippo.com/settings/api',
      steps: ['Delete the token on the linked page and generate a new one.', 'Check labels bought and the addresses that it could read.'],
    },
    examples: {
      matches: [
        (sample) => `SHIPPO_API_KEY=shippo_live_${sample.hex(40)}`,
        (sample) => `Authorization: ShippoToken shippo_live_${sample.hex(40)}`,
      ],
      misses: [() => 'SHIPPO_API_KEY=shippo_live_xxxx', (sample) => `shippo_live_${sample.hex(10)}`],
    },
  },
  {
    id: 'shippo-test-token',
    title: 'Shippo test API token',
    provider: 'Shippo',
    severity: 'low',
    precision: 'exact',
    keywords: ['shippo_test_'],
    expression: token('shippo_test_[0-9a-f]{40}'),
    minEntropy: 3,
    source: 'https://docs.goshippo.com/docs/guides_general/authentication/',
    rotation: {
      url: 'https://apps.goshippo.com/settings/api',
      steps: ['Disable the key on the linked page and create a new one; it buys nothing, but shows test data.'],
    },
    examples: {
      matches: [
        (sample) => `SHIPPO_API_KEY=shippo_test_${sample.hex(40)}`,
        (sample) => `Authorization: ShippoToken shippo_test_${sample.hex(40)}`,
      ],
      misses: [() => 'SHIPPO_API_KEY=shippo_test_xxxx', (sample) => `shippo_test_${sample.hex(10)}`],
    },
  },
];
