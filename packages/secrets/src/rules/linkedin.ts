import { assigned, token } from './forms.ts';
import type { Rule } from './rule.ts';

const source = 'https://learn.microsoft.com/en-us/linkedin/shared/authentication/client-credentials-flow';
const rotation = {
  url: 'https://www.linkedin.com/developers/apps',
  steps: [
    'Generate a secondary client secret on the page "Auth" of the app, switch to it, delete the leaked one.',
    'Check posts, messages and ads made through the app since the leak.',
  ],
};

export const rules: readonly Rule[] = [
  {
    id: 'linkedin-client-secret',
    title: 'LinkedIn client secret',
    provider: 'LinkedIn',
    severity: 'high',
    precision: 'exact',
    keywords: ['WPL_AP'],
    expression: token('WPL_AP[0-9]\\.[A-Za-z0-9]{16}\\.[A-Za-z0-9+/]{6}=='),
    minEntropy: 3.4,
    source,
    rotation,
    examples: {
      matches: [
        (sample) => `LINKEDIN_CLIENT_SECRET=WPL_AP1.${sample.alnum(16)}.${sample.base64(6)}==`,
        (sample) => `clientSecret: "WPL_AP0.${sample.alnum(16)}.${sample.base64(6)}==",`,
      ],
      misses: [() => 'LINKEDIN_CLIENT_SECRET=WPL_AP1.xxxxxxxx', (sample) => `WPL_AP1.${sample.alnum(8)}.${sample.base64(6)}==`],
    },
  },
  {
    id: 'linkedin-legacy-client-secret',
    title: 'LinkedIn client secret (older form)',
    provider: 'LinkedIn',
    severity: 'high',
    precision: 'contextual',
    keywords: ['linkedin', 'linked_in'],
    expression: assigned(['linked_?in[\\w.\\-({,:"\' ]{0,24}?secret'], '[A-Za-z0-9]{16}'),
    minEntropy: 3,
    chosen: 'random',
    source,
    rotation,
    examples: {
      matches: [(sample) => `LINKEDIN_CLIENT_SECRET=${sample.alnum(16)}`, (sample) => `linkedin: { clientSecret: "${sample.alnum(16)}" }`],
      misses: [
        (sample) => `LINKEDIN_CLIENT_ID=${sample.lower(14)}`,
        () => 'LINKEDIN_CLIENT_SECRET=xxxxxxxxxxxxxxxx',
        () => 'LINKEDIN_CLIENT_SECRET=<secret>',
      ],
    },
  },
];
