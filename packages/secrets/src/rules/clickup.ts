import { token } from './forms.ts';
import type { Rule } from './rule.ts';

export const rules: readonly Rule[] = [
  {
    id: 'clickup-api-token',
    title: 'ClickUp personal API token',
    provider: 'ClickUp',
    severity: 'high',
    precision: 'exact',
    keywords: ['pk_'],
    expression: token('pk_[0-9]{6,9}_[A-Z0-9]{32}'),
    minEntropy: 3.8,
    source: 'https://developer.clickup.com/docs/authentication#personal-token',
    rotation: {
      url: 'https://app.clickup.com/settings/apps',
      steps: ['Regenerate the token on the linked page.', 'Check the audit log for tasks and documents read or changed.'],
    },
    examples: {
      matches: [
        (sample) => `CLICKUP_TOKEN=pk_${sample.digits(8)}_${sample.upper(32)}`,
        (sample) => `curl -H "Authorization: pk_${sample.digits(7)}_${sample.upper(32)}" https://api.clickup.com/api/v2/user`,
      ],
      misses: [
        () => 'CLICKUP_TOKEN=pk_xxxxxxxx',
        (sample) => `CLICKUP_TOKEN=pk_${sample.digits(8)}`,
        () => `CLICKUP_TOKEN=pk_00000000_${'X'.repeat(32)}`,
      ],
    },
  },
];
