import { assigned, credentialsOf, token } from './forms.ts';
import type { Rule } from './rule.ts';

export const rules: readonly Rule[] = [
  {
    id: 'paypal-client-secret',
    title: 'PayPal REST client secret',
    provider: 'PayPal',
    severity: 'critical',
    precision: 'contextual',
    keywords: ['paypal'],
    expression: assigned(credentialsOf('paypal'), 'E[A-Za-z0-9_-]{79}'),
    minEntropy: 4.3,
    source: 'https://developer.paypal.com/api/rest/',
    rotation: {
      url: 'https://developer.paypal.com/dashboard/applications/live',
      steps: [
        'Open the app on the linked page, generate a second secret, switch to it, then disable and delete the leaked one.',
        'Check payments, refunds and payouts since the leak.',
      ],
    },
    examples: {
      matches: [
        (sample) => `PAYPAL_CLIENT_SECRET=E${sample.base64url(78)}x`,
        (sample) => `'paypal' => ['secret' => 'E${sample.base64url(78)}x'],`,
      ],
      misses: [
        (sample) => `PAYPAL_CLIENT_ID=A${sample.base64url(78)}x`,
        () => 'PAYPAL_CLIENT_SECRET=YOUR_CLIENT_SECRET',
        (sample) => `PAYPAL_CLIENT_SECRET=E${sample.alnum(30)}`,
      ],
    },
  },
  {
    id: 'braintree-access-token',
    title: 'Braintree (PayPal) access token',
    provider: 'PayPal',
    severity: 'critical',
    precision: 'exact',
    keywords: ['access_token$production$', 'access_token$sandbox$'],
    expression: token('access_token\\$(?:production|sandbox)\\$[0-9a-z]{16}\\$[0-9a-f]{32}'),
    minEntropy: 3.5,
    source: 'https://developer.paypal.com/braintree/docs/guides/authorization/overview',
    rotation: {
      url: 'https://developer.paypal.com/braintree/articles/control-panel/important-gateway-credentials',
      steps: [
        'Delete the credential in the control panel (or have the merchant revoke the OAuth connection).',
        'Check transactions, refunds and the vault for access that is not yours.',
        'Create a new credential for a user with a limited role.',
      ],
    },
    examples: {
      matches: [
        (sample) => `BRAINTREE_ACCESS_TOKEN='access_token$production$${sample.lower(16)}$${sample.hex(32)}'`,
        (sample) => `accessToken: "access_token$sandbox$${sample.lower(16)}$${sample.hex(32)}"`,
      ],
      misses: [(sample) => `access_token$production$${sample.lower(16)}`, () => 'access_token$production$your_merchant_id$xxxxxxxx'],
    },
  },
  {
    id: 'braintree-private-key',
    title: 'Braintree private key',
    provider: 'PayPal',
    severity: 'critical',
    precision: 'contextual',
    keywords: ['braintree'],
    expression: assigned(['braintree[\\w.\\-]{0,16}?private_?key', 'braintree[\\w.:\\-({, ]{0,24}?private_?key'], '[0-9a-f]{32}'),
    minEntropy: 3,
    source: 'https://developer.paypal.com/braintree/articles/control-panel/important-gateway-credentials',
    rotation: {
      url: 'https://developer.paypal.com/braintree/articles/control-panel/important-gateway-credentials',
      steps: [
        'Generate a new API key pair in the control panel, switch to it, then delete the leaked pair.',
        'Check transactions, refunds and the vault since the leak.',
      ],
    },
    examples: {
      matches: [
        (sample) => `BRAINTREE_PRIVATE_KEY=${sample.hex(32)}`,
        (sample) => `Braintree::Configuration.private_key = "${sample.hex(32)}"`,
      ],
      misses: [
        (sample) => `BRAINTREE_MERCHANT_ID=${sample.lower(16)}`,
        () => 'BRAINTREE_PRIVATE_KEY=your_private_key',
        (sample) => `BRAINTREE_PRIVATE_KEY=${sample.hex(20)}`,
      ],
    },
  },
];
