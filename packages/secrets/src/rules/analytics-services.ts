import { assigned, credentialsOf, token } from './forms.ts';
import type { Rule } from './rule.ts';

const near = '[\\w.\\-({,:"\' ]{0,24}?';

/** Product analytics with one kind of secret each; keys that are meant for browsers are not reported. */
export const rules: readonly Rule[] = [
  {
    id: 'segment-public-api-token',
    title: 'Segment Public API token',
    provider: 'Segment',
    severity: 'high',
    precision: 'exact',
    keywords: ['sgp_'],
    expression: token('sgp_[A-Za-z0-9]{64}'),
    minEntropy: 4.2,
    source: 'https://segment.com/docs/api/public-api/',
    rotation: {
      url: 'https://app.segment.com/goto-my-workspace/access-management/tokens',
      steps: ['Remove the token on the linked page.', 'Check the audit trail for sources and destinations that were changed.'],
    },
    examples: {
      matches: [(sample) => `SEGMENT_API_TOKEN=sgp_${sample.alnum(64)}`, (sample) => `Authorization: Bearer sgp_${sample.alnum(64)}`],
      misses: [() => 'SEGMENT_API_TOKEN=sgp_...', (sample) => `sgp_${sample.alnum(12)}`, () => `sgp_${'x'.repeat(64)}`],
    },
  },
  {
    id: 'amplitude-secret-key',
    title: 'Amplitude secret key',
    provider: 'Amplitude',
    severity: 'medium',
    precision: 'contextual',
    keywords: ['amplitude'],
    expression: assigned([`amplitude${near}secret`], '[0-9a-f]{32}'),
    minEntropy: 3,
    source: 'https://amplitude.com/docs/apis/authentication',
    rotation: {
      url: 'https://app.amplitude.com/analytics/settings/projects',
      steps: ['Rotate the secret key in the settings of the project.', 'Treat events that it could export as seen.'],
    },
    examples: {
      matches: [(sample) => `AMPLITUDE_SECRET_KEY=${sample.hex(32)}`, (sample) => `amplitude: { secretKey: "${sample.hex(32)}" }`],
      misses: [(sample) => `AMPLITUDE_API_KEY=${sample.hex(32)}`, () => 'AMPLITUDE_SECRET_KEY=SECRET-KEY'],
    },
  },
  {
    id: 'mixpanel-secret',
    title: 'Mixpanel API or service account secret',
    provider: 'Mixpanel',
    severity: 'medium',
    precision: 'contextual',
    keywords: ['mixpanel'],
    expression: assigned([`mixpanel${near}secret`, ...credentialsOf('mixpanel_service_account')], '[0-9a-f]{32}|[A-Za-z0-9]{32}'),
    minEntropy: 3,
    source: 'https://developer.mixpanel.com/reference/service-accounts',
    rotation: {
      url: 'https://mixpanel.com/settings/org#serviceaccounts',
      steps: [
        'Delete the service account (or reset the API secret of the project).',
        'Treat events and profiles that it could export as seen.',
      ],
    },
    examples: {
      matches: [(sample) => `MIXPANEL_API_SECRET=${sample.hex(32)}`, (sample) => `mixpanel: { secret: '${sample.alnum(32)}' }`],
      misses: [(sample) => `MIXPANEL_TOKEN=${sample.hex(32)}`, () => 'MIXPANEL_API_SECRET=YOUR_SECRET'],
    },
  },
];
