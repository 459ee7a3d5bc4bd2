import { assigned, credentialsOf, token } from './forms.ts';
import type { Rule } from './rule.ts';

export const rules: readonly Rule[] = [
  {
    id: 'contentful-management-token',
    title: 'Contentful management token',
    provider: 'Contentful',
    severity: 'high',
    precision: 'exact',
    keywords: ['CFPAT-'],
    expression: token('CFPAT-[A-Za-z0-9_-]{43}(?!-)'),
    minEntropy: 4,
    source: 'https://www.contentful.com/developers/docs/references/authentication/',
    rotation: {
      url: 'https://app.contentful.com/account/profile/cma_tokens',
      steps: [
        'Revoke the token on the linked page.',
        'Check entries, content types and users since the leak.',
        'Create a token with an expiry date.',
      ],
    },
    examples: {
      matches: [
        (sample) => `CONTENTFUL_MANAGEMENT_TOKEN=CFPAT-${sample.base64url(43)}`,
        (sample) => `createClient({ accessToken: 'CFPAT-${sample.base64url(43)}' })`,
      ],
      misses: [() => 'CONTENTFUL_MANAGEMENT_TOKEN=CFPAT-xxx', (sample) => `CFPAT-${sample.alnum(10)}`, () => `CFPAT-${'x'.repeat(43)}`],
    },
  },
  {
    id: 'contentful-delivery-token',
    title: 'Contentful delivery or preview token',
    provider: 'Contentful',
    severity: 'low',
    precision: 'contextual',
    keywords: ['contentful', 'ctf_'],
    expression: assigned(credentialsOf('contentful', 'ctf_'), '[A-Za-z0-9_-]{43}'),
    minEntropy: 4,
    source: 'https://www.contentful.com/developers/docs/references/content-delivery-api/#/introduction/authentication',
    rotation: {
      url: 'https://app.contentful.com/',
      steps: [
        'Delete the API key under Settings > API keys of the space and create a new one.',
        'A preview token shows drafts: treat those as seen.',
      ],
    },
    examples: {
      matches: [(sample) => `CONTENTFUL_ACCESS_TOKEN=${sample.base64url(43)}`, (sample) => `CTF_CDA_TOKEN: '${sample.base64url(43)}'`],
      misses: [
        (sample) => `CONTENTFUL_SPACE_ID=${sample.lower(12)}`,
        () => 'CONTENTFUL_ACCESS_TOKEN=<delivery token>',
        () => `CONTENTFUL_ACCESS_TOKEN=${'x'.repeat(43)}`,
      ],
    },
  },
];
