import { assigned } from './forms.ts';
import type { Rule } from './rule.ts';

const rotation = {
  url: 'https://app.mailgun.com/settings/api_security',
  steps: [
    'Delete the key on the linked page (the signing key can be reset there too).',
    'Check the logs for mail that is not yours, and routes and webhooks for changes.',
    'Create a sending key of one domain where sending is all that is needed.',
  ],
};

export const rules: readonly Rule[] = [
  {
    id: 'mailgun-api-key',
    title: 'Mailgun API key',
    provider: 'Mailgun',
    severity: 'critical',
    precision: 'contextual',
    keywords: ['mailgun', 'mg_api', 'mg.client'],
    expression:
      /(?:mailgun|mg_api|mg\.client)[^\r\n]{0,80}?(?<![A-Za-z0-9_-])(?<secret>key-[0-9a-f]{32}|[0-9a-f]{32}-[0-9a-f]{8}-[0-9a-f]{8})(?![A-Za-z0-9_-])/i,
    minEntropy: 3,
    source: 'https://documentation.mailgun.com/docs/mailgun/user-manual/api-key-mgmt/rbac-mgmt',
    rotation,
    examples: {
      matches: [
        (sample) => `MAILGUN_API_KEY=key-${sample.hex(32)}`,
        (sample) => `MAILGUN_API_KEY=${sample.hex(32)}-${sample.hex(8)}-${sample.hex(8)}`,
        (sample) => `mailgun.client({ username: 'api', key: 'key-${sample.hex(32)}' })`,
      ],
      misses: [
        (sample) => `MAILGUN_PUBLIC_KEY=pubkey-${sample.hex(32)}`,
        () => 'MAILGUN_API_KEY=key-yourkeyhere',
        () => `MAILGUN_API_KEY=key-${'0'.repeat(32)}`,
      ],
    },
  },
  {
    id: 'mailgun-signing-key',
    title: 'Mailgun webhook signing key',
    provider: 'Mailgun',
    severity: 'medium',
    precision: 'contextual',
    keywords: ['mailgun'],
    expression: assigned(['mailgun[\\w.\\-]{0,20}?(?:signing|webhook)[\\w.\\-]{0,12}?key'], '[0-9a-f]{32}'),
    minEntropy: 3,
    source: 'https://documentation.mailgun.com/docs/mailgun/user-manual/webhooks/securing-webhooks',
    rotation,
    examples: {
      matches: [(sample) => `MAILGUN_WEBHOOK_SIGNING_KEY=${sample.hex(32)}`, (sample) => `mailgun.signing_key: "${sample.hex(32)}"`],
      misses: [() => 'MAILGUN_WEBHOOK_SIGNING_KEY=changeme', (sample) => `MAILGUN_SIGNING_KEY=${sample.hex(16)}`],
    },
  },
];
