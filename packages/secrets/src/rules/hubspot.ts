import { assigned, token } from './forms.ts';
import type { Rule } from './rule.ts';

const uuid = '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}';

export const rules: readonly Rule[] = [
  {
    id: 'hubspot-private-app-token',
    title: 'HubSpot private app access token',
    provider: 'HubSpot',
    severity: 'high',
    precision: 'exact',
    keywords: ['pat-na', 'pat-eu', 'pat-ap'],
    expression: token(`pat-(?:na|eu|ap)[0-9]-${uuid}`),
    minEntropy: 3,
    source: 'https://developers.hubspot.com/docs/guides/apps/private-apps/overview',
    rotation: {
      url: 'https://app.hubspot.com/l/private-apps',
      steps: [
        'Rotate the token on the page "Auth" of the private app and expire the old one now.',
        'Check the call logs of the app for exports that are not yours.',
      ],
    },
    examples: {
      matches: [
        (sample) => `HUBSPOT_ACCESS_TOKEN=pat-na1-${sample.uuid()}`,
        (sample) => `new Client({ accessToken: 'pat-eu1-${sample.uuid()}' })`,
      ],
      misses: [
        () => 'HUBSPOT_ACCESS_TOKEN=pat-na1-xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx',
        () => 'pat-na1-00000000-0000-0000-0000-000000000000',
      ],
    },
  },
  {
    id: 'hubspot-api-key',
    title: 'HubSpot API key or developer key',
    provider: 'HubSpot',
    severity: 'high',
    precision: 'contextual',
    keywords: ['hubspot', 'hapikey', 'hs_api'],
    expression: assigned(['hapikey', '(?:hubspot|hs_)[\\w.\\-({,:"\' ]{0,24}?(?:api_?key|secret|token)'], uuid),
    minEntropy: 3,
    source: 'https://developers.hubspot.com/docs/guides/apps/api-usage/usage-details',
    rotation: {
      url: 'https://app.hubspot.com/l/private-apps',
      steps: ['Deactivate the key (or rotate the client secret of the app).', 'Use a private app with the least scopes in its place.'],
    },
    examples: {
      matches: [
        (sample) => `HUBSPOT_API_KEY=${sample.uuid()}`,
        (sample) => `https://api.hubapi.com/contacts/v1/lists/all/contacts/all?hapikey=${sample.uuid()}`,
      ],
      misses: [(sample) => `HUBSPOT_FORM_ID=${sample.uuid()}`, () => 'hapikey=demo'],
    },
  },
];
