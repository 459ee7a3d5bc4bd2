import { assigned, credentialsOf, token } from './forms.ts';
import type { Rule } from './rule.ts';

const source = 'https://docs.together.ai/docs/api-keys-authentication';
const rotation = {
  url: 'https://api.together.ai/settings/api-keys',
  steps: [
    'Regenerate or delete the key on the linked page.',
    'Check usage and billing for inference that is not yours.',
    'Give each project its own key.',
  ],
};

export const rules: readonly Rule[] = [
  {
    id: 'together-ai-api-key',
    title: 'Together AI API key',
    provider: 'Together AI',
    severity: 'high',
    precision: 'exact',
    keywords: ['tgp_v1_'],
    expression: token('tgp_v1_[A-Za-z0-9_-]{43}(?!-)'),
    minEntropy: 4,
    source,
    rotation,
    examples: {
      matches: [
        (sample) => `TOGETHER_API_KEY=tgp_v1_${sample.base64url(43)}`,
        (sample) => `client = Together(api_key="tgp_v1_${sample.base64url(43)}")`,
      ],
      misses: [(sample) => `TOGETHER_API_KEY=tgp_v1_${sample.alnum(10)}`, () => `TOGETHER_API_KEY=tgp_v1_${'x'.repeat(43)}`],
    },
  },
  {
    id: 'together-ai-legacy-key',
    title: 'Together AI API key (older form)',
    provider: 'Together AI',
    severity: 'high',
    precision: 'contextual',
    keywords: ['together'],
    expression: assigned(credentialsOf('together(?:[_-]?(?:ai|computer))?'), '[0-9a-f]{64}'),
    minEntropy: 3.2,
    source,
    rotation,
    examples: {
      matches: [(sample) => `TOGETHER_API_KEY=${sample.hex(64)}`, (sample) => `together.api_key = "${sample.hex(64)}"`],
      misses: [
        (sample) => `altogether = "${sample.hex(64)}"`,
        () => 'TOGETHER_API_KEY=your_together_api_key',
        (sample) => `TOGETHER_API_KEY=${sample.hex(40)}`,
      ],
    },
  },
];
