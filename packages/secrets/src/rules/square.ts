import { token } from './forms.ts';
import type { Rule } from './rule.ts';

const source = 'https://developer.squareup.com/docs/build-basics/access-tokens';
const rotation = {
  url: 'https://developer.squareup.com/apps',
  steps: [
    'Replace the credential of the application on the linked page.',
    'Check payments, refunds, customers and webhooks for changes that are not yours.',
    'Use OAuth with the least permissions for the accounts of others.',
  ],
};

export const rules: readonly Rule[] = [
  {
    id: 'square-access-token',
    title: 'Square access token',
    provider: 'Square',
    severity: 'critical',
    precision: 'exact',
    keywords: ['EAAA', 'sq0atp-'],
    expression: token('(?:EAAA[A-Za-z0-9_-]{60}|sq0atp-[A-Za-z0-9_-]{22})(?!-)'),
    minEntropy: 3.8,
    // Sixty-four characters without any sign, of a base64 text with runs of zero bytes.
    notSecrets: [/A{6}/],
    source,
    rotation,
    examples: {
      matches: [
        (sample) => `SQUARE_ACCESS_TOKEN=EAAA${sample.from('bcdefGHIJKLMNOP0123456789-_', 60)}`,
        (sample) => `accessToken: 'sq0atp-${sample.base64url(21)}x'`,
      ],
      misses: [
        (sample) => `SQUARE_ACCESS_TOKEN=EAAA${sample.alnum(30)}`,
        () => `SQUARE_ACCESS_TOKEN=sq0atp-${'x'.repeat(22)}`,
        (sample) => `EAAA${sample.alnum(30)}/${sample.alnum(45)}==`,
      ],
    },
  },
  {
    id: 'square-oauth-secret',
    title: 'Square OAuth application secret',
    provider: 'Square',
    severity: 'critical',
    precision: 'exact',
    keywords: ['sq0csp-'],
    expression: token('sq0csp-[A-Za-z0-9_-]{43}(?!-)'),
    minEntropy: 4,
    source: 'https://developer.squareup.com/docs/oauth-api/overview',
    rotation,
    examples: {
      matches: [
        (sample) => `SQUARE_APPLICATION_SECRET=sq0csp-${sample.base64url(42)}x`,
        (sample) => `{"client_secret":"sq0csp-${sample.base64url(42)}x"}`,
      ],
      misses: [
        (sample) => `SQUARE_APPLICATION_ID=sq0idp-${sample.base64url(22)}`,
        (sample) => `sq0csp-${sample.alnum(20)}`,
        () => `sq0csp-${'x'.repeat(43)}`,
      ],
    },
  },
];
