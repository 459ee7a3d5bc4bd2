import { assigned } from './forms.ts';
import type { Rule } from './rule.ts';

const near = '[\\w.\\-({,:"\' ]{0,24}?';

export const rules: readonly Rule[] = [
  {
    id: 'okta-api-token',
    title: 'Okta API token',
    provider: 'Okta',
    severity: 'critical',
    precision: 'contextual',
    keywords: ['ssws ', 'okta'],
    expression: /(?:ssws |(?<![a-z])okta[^\r\n]{0,64}?)(?<![A-Za-z0-9_-])(?<secret>00[A-Za-z0-9_-]{40})(?![A-Za-z0-9_-])/i,
    minEntropy: 4,
    source: 'https://developer.okta.com/docs/guides/create-an-api-token/main/',
    rotation: {
      url: 'https://developer.okta.com/docs/guides/create-an-api-token/main/#token-management',
      steps: [
        'Revoke the token under Security > API > Tokens of the admin console.',
        'Search the system log for what it did: it has all rights of the administrator who made it.',
        'Use an OAuth service app with scopes in its place, or bind the token to a network zone.',
      ],
    },
    examples: {
      matches: [
        (sample) => `OKTA_API_TOKEN=00${sample.alnum(40)}`,
        (sample) => `curl -H "Authorization: SSWS 00${sample.base64url(39)}x" https://acme.okta.com/api/v1/users`,
      ],
      misses: [
        () => 'Authorization: SSWS ${api_token}',
        (sample) => `rookTable = 00${sample.alnum(40)}`,
        (sample) => `OKTA_CLIENT_ID=0oa${sample.alnum(17)}`,
        () => `OKTA_API_TOKEN=00${'x'.repeat(40)}`,
      ],
    },
  },
  {
    id: 'okta-client-secret',
    title: 'Okta OAuth client secret',
    provider: 'Okta',
    severity: 'high',
    precision: 'contextual',
    keywords: ['okta'],
    expression: assigned([`okta${near}secret`], '[A-Za-z0-9_-]{64}|[A-Za-z0-9_-]{40}'),
    minEntropy: 4.2,
    source: 'https://developer.okta.com/docs/guides/client-secret-rotation-key/main/',
    rotation: {
      url: 'https://developer.okta.com/docs/guides/client-secret-rotation-key/main/',
      steps: [
        'Generate a second secret for the application, switch to it, deactivate and delete the leaked one.',
        'Check the system log for tokens issued to the client.',
      ],
    },
    examples: {
      matches: [
        (sample) => `OKTA_CLIENT_SECRET=${sample.base64url(63)}x`,
        (sample) => `okta: { clientSecret: "${sample.base64url(39)}x" }`,
      ],
      misses: [
        () => 'OKTA_CLIENT_SECRET={yourClientSecret}',
        () => `OKTA_CLIENT_SECRET=${'x'.repeat(40)}`,
        (sample) => `OKTA_CLIENT_SECRET=${sample.alnum(12)}`,
      ],
    },
  },
];
