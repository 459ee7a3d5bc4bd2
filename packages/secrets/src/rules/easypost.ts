import { token } from './forms.ts';
import type { Rule } from './rule.ts';

export const rules: readonly Rule[] = [
  {
    id: 'easypost-api-key',
    title: 'EasyPost production API key',
    provider: 'EasyPost',
    severity: 'high',
    precision: 'exact',
    keywords: ['EZAK'],
    expression: token('EZAK[A-Za-z0-9]{54}'),
    minEntropy: 4,
    source: 'https://docs.easypost.com/docs/authentication',
    rotation: {
      url: 'https://app.easypost.com/account/settings?tab=api-keys',
      steps: ['Disable the key on the linked page and create a new one.', 'Check labels bought since the leak.'],
    },
    examples: {
      matches: [(sample) => `EASYPOST_API_KEY=EZAK${sample.alnum(54)}`, (sample) => `easypost.api_key = "EZAK${sample.alnum(54)}"`],
      misses: [() => 'EASYPOST_API_KEY=EZAK...', (sample) => `EZAK${sample.alnum(12)}`, () => `EZAK${'x'.repeat(54)}`],
    },
  },
  {
    id: 'easypost-test-api-key',
    title: 'EasyPost test API key',
    provider: 'EasyPost',
    severity: 'low',
    precision: 'exact',
    keywords: ['EZTK'],
    expression: token('EZTK[A-Za-z0-9]{54}'),
    minEntropy: 4,
    source: 'https://docs.easypost.com/docs/authentication',
    rotation: {
      url: 'https://app.easypost.com/account/settings?tab=api-keys',
      steps: ['Disable the key on the linked page and create a new one; it buys nothing, but shows test data.'],
    },
    examples: {
      matches: [(sample) => `EASYPOST_API_KEY=EZTK${sample.alnum(54)}`, (sample) => `easypost.api_key = "EZTK${sample.alnum(54)}"`],
      misses: [() => 'EASYPOST_API_KEY=EZTK...', (sample) => `EZTK${sample.alnum(12)}`, () => `EZTK${'x'.repeat(54)}`],
    },
  },
];
