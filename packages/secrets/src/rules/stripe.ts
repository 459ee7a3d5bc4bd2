import { token } from './forms.ts';
import type { Rule } from './rule.ts';

const source = 'https://docs.stripe.com/keys';
const keysUrl = 'https://dashboard.stripe.com/apikeys';

// Other services chose the same prefix: Paystack (40 hex digits) and WorkOS (base64 of `key_`).
const notOthers = '(?![0-9a-f]{40}(?![A-Za-z0-9]))(?!a2V5X)';

// Clerk did so too, with keys of the same alphabet: its name earlier on the line tells.
const notClerk = '(?<!(?:[Cc]lerk|CLERK)[^\\r\\n]{0,59})';
const lookBehind = 64;

// Keys of Stripe's own documentation, by their first characters.
const published = /^[sr]k_test_(?:4eC39|BQoki|tR3PY|26PHe|mkGsL|VePHd)/;

export const rules: readonly Rule[] = [
  {
    id: 'stripe-secret-key',
    title: 'Stripe live secret key',
    provider: 'Stripe',
    severity: 'critical',
    precision: 'exact',
    keywords: ['sk_live_', 'sk_org_live_'],
    lookBehind,
    expression: token(`${notClerk}sk_(?:org_)?live_${notOthers}[A-Za-z0-9]{20,247}`),
    minEntropy: 3.5,
    source,
    rotation: {
      url: keysUrl,
      steps: [
        'Roll the key on the linked page; "expire now" when it was public.',
        'Review the request logs of the account for calls from addresses that are not yours.',
        'Check payouts, refunds, transfers, webhook endpoints and team members for changes.',
        'Replace it by restricted keys with only the permissions that each service needs.',
      ],
    },
    examples: {
      matches: [
        (sample) => `STRIPE_SECRET_KEY=sk_live_${sample.alnum(24)}`,
        (sample) => `const stripe = require('stripe')('sk_live_51${sample.alnum(97)}');`,
        (sample) => `curl https://api.stripe.com/v1/charges -u sk_live_51${sample.alnum(97)}:`,
        (sample) => `Stripe.api_key = "sk_org_live_${sample.alnum(40)}"`,
      ],
      misses: [
        (sample) => `STRIPE_PUBLISHABLE_KEY=pk_live_${sample.alnum(24)}`,
        () => `STRIPE_SECRET_KEY=sk_live_${'x'.repeat(24)}`,
        () => 'STRIPE_SECRET_KEY=sk_live_your_key',
        (sample) => `PAYSTACK_SECRET=sk_live_${sample.hex(40)}`,
        (sample) => `CLERK_SECRET_KEY=sk_live_${sample.alnum(42)}`,
      ],
    },
  },
  {
    id: 'stripe-restricted-key',
    title: 'Stripe live restricted key',
    provider: 'Stripe',
    severity: 'high',
    precision: 'exact',
    keywords: ['rk_live_', 'rk_prod_'],
    expression: token('rk_(?:live|prod)_[A-Za-z0-9]{20,247}'),
    minEntropy: 3.5,
    source: 'https://docs.stripe.com/keys/restricted-api-keys',
    rotation: {
      url: keysUrl,
      steps: [
        'Roll the key on the linked page.',
        'Review the request logs for what its permissions allowed.',
        'Limit the new key to known IP addresses.',
      ],
    },
    examples: {
      matches: [(sample) => `STRIPE_KEY=rk_live_51${sample.alnum(97)}`, (sample) => `"stripe": {"key": "rk_live_${sample.alnum(24)}"}`],
      misses: [(sample) => `STRIPE_KEY=rk_live_${sample.alnum(8)}`, () => `STRIPE_KEY=rk_live_${'x'.repeat(24)}`],
    },
  },
  {
    id: 'stripe-test-key',
    title: 'Stripe test mode key',
    provider: 'Stripe',
    severity: 'low',
    precision: 'exact',
    keywords: ['sk_test_', 'rk_test_', 'sk_org_test_'],
    lookBehind,
    expression: token(`${notClerk}[sr]k_(?:org_)?test_${notOthers}[A-Za-z0-9]{20,247}`),
    minEntropy: 3.5,
    notSecrets: [published],
    source,
    rotation: {
      url: 'https://dashboard.stripe.com/test/apikeys',
      steps: [
        'Roll the key on the linked page; it moves no money, but shows and changes test data and webhooks.',
        'Keep test keys in the environment too, so that a live key never takes their place in code.',
      ],
    },
    examples: {
      matches: [
        (sample) => `STRIPE_SECRET_KEY=sk_test_${sample.alnum(24)}`,
        (sample) => `stripe.api_key = 'rk_test_51${sample.alnum(97)}'`,
      ],
      misses: [
        (sample) => `STRIPE_SECRET_KEY=sk_test_4eC39${sample.alnum(19)}`,
        () => `STRIPE_SECRET_KEY=sk_test_${'x'.repeat(24)}`,
        () => 'STRIPE_SECRET_KEY=sk_test_...',
      ],
    },
  },
  {
    id: 'stripe-webhook-secret',
    title: 'Stripe webhook signing secret',
    provider: 'Stripe',
    severity: 'medium',
    precision: 'exact',
    keywords: ['whsec_'],
    expression: token('whsec_(?:[A-Za-z0-9]{32}|[0-9a-f]{64})'),
    minEntropy: 3.2,
    source: 'https://docs.stripe.com/webhooks#verify-official-libraries',
    rotation: {
      url: 'https://dashboard.stripe.com/webhooks',
      steps: [
        'Roll the signing secret of the endpoint; the old one can stay valid for up to 24 hours.',
        'Check orders and entitlements that a forged event could have created since the leak.',
      ],
    },
    examples: {
      matches: [
        (sample) => `STRIPE_WEBHOOK_SECRET=whsec_${sample.alnum(32)}`,
        (sample) => `const endpointSecret = "whsec_${sample.hex(64)}";`,
      ],
      misses: [
        (sample) => `STRIPE_WEBHOOK_SECRET=whsec_${sample.alnum(10)}`,
        () => `whsec_${'x'.repeat(32)}`,
        () => 'endpointSecret = "whsec_...";',
      ],
    },
  },
];
