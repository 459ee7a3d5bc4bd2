import { assigned, token } from './forms.ts';
import type { Rule } from './rule.ts';

const rotation = {
  url: 'https://www.figma.com/settings',
  steps: [
    'Revoke the token in the section "Security" of the linked page.',
    'Check the activity log for files read or exported with it.',
    'Create a token with an expiry date and only the scopes that are needed.',
  ],
};

export const rules: readonly Rule[] = [
  {
    id: 'figma-access-token',
    title: 'Figma personal access token',
    provider: 'Figma',
    severity: 'high',
    precision: 'exact',
    keywords: ['figd_', 'figu_', 'figo_'],
    expression: token('fig[duo]_[A-Za-z0-9_-]{38,46}(?!-)'),
    minEntropy: 4,
    source: 'https://www.figma.com/developers/api#access-tokens',
    rotation,
    examples: {
      matches: [
        (sample) => `FIGMA_TOKEN=figd_${sample.base64url(39)}x`,
        (sample) => `curl -H 'X-FIGMA-TOKEN: figd_${sample.base64url(39)}x' https://api.figma.com/v1/me`,
      ],
      misses: [() => 'FIGMA_TOKEN=figd_your-token', (sample) => `figd_${sample.alnum(10)}`, () => `figd_${'x'.repeat(40)}`],
    },
  },
  {
    id: 'figma-legacy-token',
    title: 'Figma personal access token (older form)',
    provider: 'Figma',
    severity: 'high',
    precision: 'contextual',
    keywords: ['figma'],
    expression: assigned(
      ['figma[\\w.\\-]{0,24}?token', 'x-figma-token'],
      '[0-9]{4,8}-[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}',
    ),
    minEntropy: 3,
    source: 'https://www.figma.com/developers/api#access-tokens',
    rotation,
    examples: {
      matches: [
        (sample) => `FIGMA_TOKEN=${sample.digits(5)}-${sample.uuid()}`,
        (sample) => `figmaToken: "${sample.digits(6)}-${sample.uuid()}"`,
      ],
      misses: [(sample) => `FIGMA_FILE_KEY=${sample.alnum(22)}`, () => 'FIGMA_TOKEN=<personal access token>'],
    },
  },
];
