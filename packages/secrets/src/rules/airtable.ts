import { assigned, credentialsOf } from './forms.ts';
import type { Rule } from './rule.ts';

const url = 'https://airtable.com/create/tokens';

export const rules: readonly Rule[] = [
  {
    id: 'airtable-access-token',
    title: 'Airtable personal access token',
    provider: 'Airtable',
    severity: 'high',
    precision: 'contextual',
    keywords: ['airtable', 'bearer pat'],
    expression: /(?:airtable[^\r\n]{0,80}?|bearer )(?<![A-Za-z0-9_.])(?<secret>pat[A-Za-z0-9]{14}\.[0-9a-f]{64})(?![A-Za-z0-9_])/i,
    minEntropy: 3.5,
    source: 'https://airtable.com/developers/web/guides/personal-access-tokens',
    rotation: {
      url,
      steps: [
        'Regenerate or delete the token on the linked page.',
        'Check bases for changes and exports since the leak.',
        'Create a token with the least scopes for single bases.',
      ],
    },
    examples: {
      matches: [
        (sample) => `AIRTABLE_API_KEY=pat${sample.alnum(14)}.${sample.hex(64)}`,
        (sample) => `-H "Authorization: Bearer pat${sample.alnum(14)}.${sample.hex(64)}"`,
        (sample) => `const base = new Airtable({ apiKey: "pat${sample.alnum(14)}.${sample.hex(64)}" }).base("x")`,
      ],
      misses: [() => 'AIRTABLE_API_KEY=patXXXXXXXXXXXXXX.xxxxxxxx', (sample) => `path = "pat${sample.alnum(14)}.${sample.hex(10)}"`],
    },
  },
  {
    id: 'airtable-legacy-key',
    title: 'Airtable API key (older form)',
    provider: 'Airtable',
    severity: 'medium',
    precision: 'contextual',
    keywords: ['airtable'],
    expression: assigned([...credentialsOf('airtable'), 'airtable'], 'key[A-Za-z0-9]{14}'),
    minEntropy: 3.2,
    source: 'https://support.airtable.com/docs/airtable-api-key-deprecation-notice',
    rotation: {
      url,
      steps: ['API keys ended in February 2024: make sure that none still works, and replace it by a personal access token.'],
    },
    examples: {
      matches: [(sample) => `AIRTABLE_API_KEY=key${sample.alnum(14)}`, (sample) => `new Airtable({ apiKey: 'key${sample.alnum(14)}' })`],
      misses: [() => 'AIRTABLE_API_KEY=keyXXXXXXXXXXXXXX', (sample) => `AIRTABLE_BASE=app${sample.alnum(14)}`],
    },
  },
];
