import { assigned, credentialsOf, token } from './forms.ts';
import type { Rule } from './rule.ts';

const rotation = {
  url: 'https://app.netlify.com/user/applications#personal-access-tokens',
  steps: [
    'Revoke the token on the linked page.',
    'Review the team audit log and the deploys of its sites.',
    'Rotate the environment variables of the sites: the token could read them.',
  ],
};

export const rules: readonly Rule[] = [
  {
    id: 'netlify-access-token',
    title: 'Netlify access token',
    provider: 'Netlify',
    severity: 'critical',
    precision: 'exact',
    keywords: ['nfp_', 'nfc_', 'nfo_', 'nfu_'],
    expression: token('nf[pcou]_[A-Za-z0-9]{36}'),
    minEntropy: 3.8,
    source: 'https://docs.netlify.com/api/get-started/#authentication',
    rotation,
    examples: {
      matches: [
        (sample) => `NETLIFY_AUTH_TOKEN=nfp_${sample.alnum(36)}`,
        (sample) => `netlify deploy --auth nfc_${sample.alnum(36)} --prod`,
      ],
      misses: [
        () => `NETLIFY_AUTH_TOKEN=nfp_${'x'.repeat(36)}`,
        (sample) => `nfp_${sample.alnum(12)}`,
        (sample) => `conf_${sample.alnum(36)}`,
      ],
    },
  },
  {
    id: 'netlify-legacy-token',
    title: 'Netlify access token (older form)',
    provider: 'Netlify',
    severity: 'critical',
    precision: 'contextual',
    keywords: ['netlify'],
    expression: assigned(credentialsOf('netlify'), '(?!nf[pcou]_)[A-Za-z0-9_-]{40,46}'),
    minEntropy: 4.3,
    notSecrets: [/^[^0-9]*$/, /^[^A-Z]*$/],
    source: 'https://docs.netlify.com/api/get-started/#authentication',
    rotation,
    examples: {
      matches: [(sample) => `NETLIFY_AUTH_TOKEN=${sample.base64url(43)}`, (sample) => `netlify-auth-token: '${sample.base64url(43)}'`],
      misses: [() => 'NETLIFY_AUTH_TOKEN=your-netlify-personal-access-token-goes-here', (sample) => `netlify_token_sha=${sample.hex(40)}`],
    },
  },
];
