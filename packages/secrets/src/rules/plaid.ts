import { assigned, credentialsOf, token } from './forms.ts';
import type { Rule } from './rule.ts';

export const rules: readonly Rule[] = [
  {
    id: 'plaid-access-token',
    title: 'Plaid access token',
    provider: 'Plaid',
    severity: 'critical',
    precision: 'exact',
    keywords: ['access-production-', 'access-development-'],
    expression: token('access-(?:production|development)-[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}'),
    minEntropy: 3,
    source: 'https://plaid.com/docs/api/items/#itemaccess_tokeninvalidate',
    rotation: {
      url: 'https://plaid.com/docs/api/items/#itemaccess_tokeninvalidate',
      steps: [
        'Call `/item/access_token/invalidate` with the token: it answers with a new one and the old one stops.',
        'Treat the bank data of the linked person as exposed and follow your duty to report.',
      ],
    },
    examples: {
      matches: [
        (sample) => `access_token: "access-production-${sample.uuid()}"`,
        (sample) => `PLAID_TOKEN=access-development-${sample.uuid()}`,
      ],
      misses: [
        () => 'access-production-00000000-0000-0000-0000-000000000000',
        () => 'allow access-production-servers',
        (sample) => `link-production-${sample.uuid()}`,
      ],
    },
  },
  {
    id: 'plaid-secret',
    title: 'Plaid API secret',
    provider: 'Plaid',
    severity: 'critical',
    precision: 'contextual',
    keywords: ['plaid'],
    expression: assigned(credentialsOf('plaid'), '[0-9a-f]{30}'),
    minEntropy: 3,
    source: 'https://plaid.com/docs/quickstart/glossary/#secret',
    rotation: {
      url: 'https://dashboard.plaid.com/developers/keys',
      steps: [
        'Rotate the secret on the linked page: create a new one, switch to it, delete the old one.',
        'Review the activity log for calls that are not yours.',
      ],
    },
    examples: {
      matches: [(sample) => `PLAID_SECRET=${sample.hex(30)}`, (sample) => `'PLAID-SECRET': '${sample.hex(30)}',`],
      misses: [(sample) => `PLAID_CLIENT_ID=${sample.hex(24)}`, () => 'PLAID_SECRET=your_secret', () => `PLAID_SECRET=${'x'.repeat(30)}`],
    },
  },
];
