import { token } from './forms.ts';
import type { Rule } from './rule.ts';

const source = 'https://paystack.com/docs/api/authentication/';
const url = 'https://dashboard.paystack.com/#/settings/developers';

export const rules: readonly Rule[] = [
  {
    id: 'paystack-secret-key',
    title: 'Paystack live secret key',
    provider: 'Paystack',
    severity: 'critical',
    precision: 'exact',
    keywords: ['sk_live_'],
    expression: token('sk_live_[0-9a-f]{40}'),
    minEntropy: 3,
    source,
    rotation: {
      url,
      steps: [
        'Generate a new secret key on the linked page; the old one stops at once.',
        'Check transfers, recipients and refunds since the leak.',
        'Turn on the list of allowed IP addresses.',
      ],
    },
    examples: {
      matches: [(sample) => `PAYSTACK_SECRET_KEY=sk_live_${sample.hex(40)}`, (sample) => `Authorization: Bearer sk_live_${sample.hex(40)}`],
      misses: [
        (sample) => `PAYSTACK_SECRET_KEY=sk_live_${sample.hex(20)}`,
        () => `sk_live_${'0'.repeat(40)}`,
        () => `sk_live_${'x'.repeat(40)}`,
      ],
    },
  },
  {
    id: 'paystack-test-key',
    title: 'Paystack test secret key',
    provider: 'Paystack',
    severity: 'low',
    precision: 'exact',
    keywords: ['sk_test_'],
    expression: token('sk_test_[0-9a-f]{40}'),
    minEntropy: 3,
    source,
    rotation: { url, steps: ['Generate a new test key on the linked page.'] },
    examples: {
      matches: [(sample) => `PAYSTACK_SECRET_KEY=sk_test_${sample.hex(40)}`, (sample) => `secretKey: 'sk_test_${sample.hex(40)}'`],
      misses: [(sample) => `PAYSTACK_SECRET_KEY=sk_test_${sample.hex(20)}`, () => `sk_test_${'x'.repeat(40)}`],
    },
  },
];
