import { token } from './forms.ts';
import type { Rule } from './rule.ts';

const rotation = {
  url: 'https://www.notion.so/profile/integrations',
  steps: [
    'Open the integration on the linked page and refresh its internal secret; the old one stops at once.',
    'Remove the integration from pages and databases that it need not read.',
    'Review the audit log of the workspace where the plan has one.',
  ],
};

export const rules: readonly Rule[] = [
  {
    id: 'notion-api-token',
    title: 'Notion integration token',
    provider: 'Notion',
    severity: 'high',
    precision: 'exact',
    keywords: ['ntn_'],
    expression: token('ntn_[0-9]{8,11}[A-Za-z0-9]{35,38}'),
    minEntropy: 4,
    source: 'https://developers.notion.com/docs/authorization',
    rotation,
    examples: {
      matches: [
        (sample) => `NOTION_TOKEN=ntn_${sample.digits(11)}${sample.alnum(35)}`,
        (sample) => `const notion = new Client({ auth: "ntn_${sample.digits(11)}${sample.alnum(35)}" })`,
      ],
      misses: [(sample) => `NOTION_TOKEN=ntn_${sample.alnum(20)}`, () => `NOTION_TOKEN=ntn_${'0'.repeat(46)}`],
    },
  },
  {
    id: 'notion-legacy-token',
    title: 'Notion integration token (older form)',
    provider: 'Notion',
    severity: 'high',
    precision: 'exact',
    keywords: ['secret_'],
    expression: token('secret_[A-Za-z0-9]{43}'),
    minEntropy: 4.2,
    source: 'https://developers.notion.com/page/changelog',
    rotation,
    examples: {
      matches: [(sample) => `NOTION_API_KEY=secret_${sample.alnum(43)}`, (sample) => `Authorization: Bearer secret_${sample.alnum(43)}`],
      misses: [
        (sample) => `NOTION_API_KEY=secret_${sample.alnum(20)}`,
        () => 'NOTION_API_KEY=secret_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx',
        () => 'const client_secret_configuration = load()',
      ],
    },
  },
];
