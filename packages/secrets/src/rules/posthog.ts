import { token } from './forms.ts';
import type { Rule } from './rule.ts';

const rotation = {
  url: 'https://us.posthog.com/settings/user-api-keys',
  steps: [
    'Delete the key on the linked page.',
    'Check feature flags, exports and persons since the leak.',
    'Create a key with only the scopes and projects that are needed.',
  ],
};

export const rules: readonly Rule[] = [
  {
    id: 'posthog-personal-api-key',
    title: 'PostHog personal API key or OAuth token',
    provider: 'PostHog',
    severity: 'high',
    precision: 'exact',
    // `pha_` and `phr_`: access and refresh tokens of OAuth applications.
    keywords: ['phx_', 'pha_', 'phr_'],
    expression: token('ph[xar]_[A-Za-z0-9_-]{41,64}(?!-)'),
    minEntropy: 4,
    source: 'https://posthog.com/docs/api',
    rotation,
    examples: {
      matches: [(sample) => `POSTHOG_API_KEY=phx_${sample.alnum(43)}`, (sample) => `Authorization: Bearer pha_${sample.alnum(47)}`],
      misses: [(sample) => `POSTHOG_PROJECT_KEY=phc_${sample.alnum(43)}`, () => `phx_${'x'.repeat(43)}`, () => 'POSTHOG_API_KEY=phx_...'],
    },
  },
  {
    id: 'posthog-feature-flags-key',
    title: 'PostHog feature flags secure API key',
    provider: 'PostHog',
    severity: 'medium',
    precision: 'exact',
    keywords: ['phs_'],
    expression: token('phs_[A-Za-z0-9_-]{41,50}(?!-)'),
    minEntropy: 4,
    source: 'https://posthog.com/docs/feature-flags/local-evaluation',
    rotation: {
      url: 'https://us.posthog.com/settings/project-feature-flags',
      steps: ['Rotate the key on the linked page.', 'Treat the conditions of all feature flags as seen.'],
    },
    examples: {
      matches: [(sample) => `POSTHOG_FEATURE_FLAGS_KEY=phs_${sample.alnum(43)}`, (sample) => `personalApiKey: 'phs_${sample.alnum(43)}'`],
      misses: [() => `phs_${'x'.repeat(43)}`, (sample) => `phs_${sample.alnum(8)}`],
    },
  },
];
