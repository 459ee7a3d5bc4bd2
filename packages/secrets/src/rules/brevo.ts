import { token } from './forms.ts';
import type { Rule } from './rule.ts';

const source = 'https://developers.brevo.com/docs/getting-started';

export const rules: readonly Rule[] = [
  {
    id: 'brevo-api-key',
    title: 'Brevo (Sendinblue) API key',
    provider: 'Brevo',
    severity: 'critical',
    precision: 'exact',
    keywords: ['xkeysib-'],
    expression: token('xkeysib-[0-9a-f]{64}-[A-Za-z0-9]{16}'),
    minEntropy: 3.5,
    source,
    rotation: {
      url: 'https://app.brevo.com/settings/keys/api',
      steps: [
        'Delete the key on the linked page.',
        'Check campaigns, contacts exported and senders since the leak.',
        'Turn on the list of authorised IP addresses.',
      ],
    },
    examples: {
      matches: [
        (sample) => `BREVO_API_KEY=xkeysib-${sample.hex(64)}-${sample.alnum(16)}`,
        (sample) => `'api-key': 'xkeysib-${sample.hex(64)}-${sample.alnum(16)}'`,
      ],
      misses: [(sample) => `xkeysib-${sample.hex(20)}-${sample.alnum(16)}`, () => `xkeysib-${'0'.repeat(64)}-${'0'.repeat(16)}`],
    },
  },
  {
    id: 'brevo-smtp-key',
    title: 'Brevo (Sendinblue) SMTP key',
    provider: 'Brevo',
    severity: 'critical',
    precision: 'exact',
    keywords: ['xsmtpsib-'],
    expression: token('xsmtpsib-[0-9a-f]{64}-[A-Za-z0-9]{16}'),
    minEntropy: 3.5,
    source,
    rotation: {
      url: 'https://app.brevo.com/settings/keys/smtp',
      steps: ['Delete the SMTP key on the linked page.', 'Check the logs for mail that is not yours.'],
    },
    examples: {
      matches: [
        (sample) => `SMTP_PASSWORD=xsmtpsib-${sample.hex(64)}-${sample.alnum(16)}`,
        (sample) => `pass: "xsmtpsib-${sample.hex(64)}-${sample.alnum(16)}"`,
      ],
      misses: [(sample) => `xsmtpsib-${sample.hex(64)}`, () => `xsmtpsib-${'x'.repeat(64)}-${'x'.repeat(16)}`],
    },
  },
];
