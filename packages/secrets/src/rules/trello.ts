import { assigned, token } from './forms.ts';
import type { Rule } from './rule.ts';

const rotation = {
  url: 'https://trello.com/power-ups/admin',
  steps: [
    'Revoke the token: `DELETE https://api.trello.com/1/tokens/{token}`, or under Settings > Applications of the member.',
    'Check boards for changes and exports since the leak.',
    'Create a token with an expiry and read scope where that is enough.',
  ],
};

export const rules: readonly Rule[] = [
  {
    id: 'trello-api-token',
    title: 'Trello API token',
    provider: 'Trello',
    severity: 'high',
    precision: 'exact',
    keywords: ['ATTA'],
    expression: token('ATTA[0-9a-f]{64}[0-9A-F]{8}'),
    minEntropy: 3.2,
    source: 'https://developer.atlassian.com/cloud/trello/guides/rest-api/authorization/',
    rotation,
    examples: {
      matches: [
        (sample) => `TRELLO_TOKEN=ATTA${sample.hex(64)}${sample.hex(8).toUpperCase()}`,
        (sample) => `https://api.trello.com/1/members/me?key=x&token=ATTA${sample.hex(64)}${sample.hex(8).toUpperCase()}`,
      ],
      misses: [() => 'TRELLO_TOKEN=ATTA...', (sample) => `ATTA${sample.hex(32)}`, () => `ATTA${'0'.repeat(72)}`],
    },
  },
  {
    id: 'trello-legacy-token',
    title: 'Trello API token (older form)',
    provider: 'Trello',
    severity: 'high',
    precision: 'contextual',
    keywords: ['trello'],
    expression: assigned(['trello[\\w.\\-({,:"\' ]{0,24}?(?:token|secret)', 'trello\\.com/1/[^\\s"\']{0,120}?token'], '[0-9a-f]{64}'),
    minEntropy: 3.2,
    source: 'https://developer.atlassian.com/cloud/trello/guides/rest-api/authorization/',
    rotation,
    examples: {
      matches: [
        (sample) => `TRELLO_TOKEN=${sample.hex(64)}`,
        (sample) => `https://api.trello.com/1/boards/abc?key=${sample.hex(32)}&token=${sample.hex(64)}`,
      ],
      misses: [
        (sample) => `TRELLO_API_KEY=${sample.hex(32)}`,
        () => 'TRELLO_TOKEN=your_trello_token',
        () => `TRELLO_TOKEN=${'0'.repeat(64)}`,
      ],
    },
  },
];
