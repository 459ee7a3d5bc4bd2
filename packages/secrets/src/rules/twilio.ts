import { assigned } from './forms.ts';
import type { Rule } from './rule.ts';

export const rules: readonly Rule[] = [
  {
    id: 'twilio-api-key',
    title: 'Twilio API key SID',
    provider: 'Twilio',
    severity: 'low',
    precision: 'contextual',
    keywords: ['twilio'],
    expression: /twilio[^\r\n]{0,80}?(?<![A-Za-z0-9_])(?<secret>SK[0-9a-f]{32})(?![A-Za-z0-9_])/i,
    minEntropy: 3,
    source: 'https://www.twilio.com/docs/iam/api-keys',
    rotation: {
      url: 'https://console.twilio.com/us1/account/keys-credentials/api-keys',
      steps: [
        'The SID alone opens nothing: look for its secret nearby and in the same history.',
        'Delete the key when the secret may be known, and create a restricted key.',
      ],
    },
    examples: {
      matches: [(sample) => `TWILIO_API_KEY=SK${sample.hex(32)}`, (sample) => `Twilio('SK${sample.hex(32)}', process.env.SECRET)`],
      misses: [
        (sample) => `SK${sample.hex(20)}`,
        () => `TWILIO_API_KEY=SK${'0'.repeat(32)}`,
        () => 'TWILIO_API_KEY=SKXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXX',
      ],
    },
  },
  {
    id: 'twilio-api-secret',
    title: 'Twilio API key secret',
    provider: 'Twilio',
    severity: 'critical',
    precision: 'contextual',
    keywords: ['twilio'],
    expression: assigned(['twilio[\\w.\\-({,:"\' ]{0,24}?secret'], '[A-Za-z0-9]{32}'),
    minEntropy: 3.8,
    source: 'https://www.twilio.com/docs/iam/api-keys',
    rotation: {
      url: 'https://console.twilio.com/us1/account/keys-credentials/api-keys',
      steps: [
        'Delete the API key that the secret belongs to.',
        'Check calls, messages and phone numbers since the leak.',
        'Create a restricted key.',
      ],
    },
    examples: {
      matches: [(sample) => `TWILIO_API_SECRET=${sample.alnum(32)}`, (sample) => `"twilio": {"apiSecret": "${sample.alnum(32)}"}`],
      misses: [
        () => 'TWILIO_API_SECRET=your_api_secret',
        () => `TWILIO_API_SECRET=${'x'.repeat(32)}`,
        (sample) => `TWILIO_API_SECRET=${sample.alnum(16)}`,
      ],
    },
  },
  {
    id: 'twilio-auth-token',
    title: 'Twilio auth token',
    provider: 'Twilio',
    severity: 'critical',
    precision: 'contextual',
    keywords: ['twilio', '-u ac', '-u "ac', "-u 'ac", 'client("ac', "client('ac"],
    expression: assigned(
      ['twilio[\\w.\\-({,:"\' ]{0,24}?token', '(?:twilio[^\\r\\n]{0,24}?|-u ["\']?|client\\(["\'])AC[0-9a-f]{32}'],
      '[0-9a-f]{32}',
    ),
    minEntropy: 3,
    source: 'https://www.twilio.com/docs/iam/access-tokens',
    rotation: {
      url: 'https://console.twilio.com/us1/account/keys-credentials/api-keys',
      steps: [
        'Create a secondary auth token, switch to it and promote it: the leaked one stops.',
        'Check calls, messages, phone numbers and sub-accounts since the leak.',
        'Use API keys in place of the auth token; only the webhook signature needs it.',
      ],
    },
    examples: {
      matches: [
        (sample) => `TWILIO_AUTH_TOKEN=${sample.hex(32)}`,
        (sample) => `curl -u AC${sample.hex(32)}:${sample.hex(32)} https://api.twilio.com/2010-04-01/Accounts.json`,
        (sample) => `client = Client("AC${sample.hex(32)}", "${sample.hex(32)}")`,
      ],
      misses: [
        (sample) => `TWILIO_ACCOUNT_SID=AC${sample.hex(32)}`,
        () => 'TWILIO_AUTH_TOKEN=your_auth_token',
        () => `TWILIO_AUTH_TOKEN=${'x'.repeat(32)}`,
      ],
    },
  },
];
