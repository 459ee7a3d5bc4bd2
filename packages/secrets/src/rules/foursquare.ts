import { assigned, token } from './forms.ts';
import type { Rule } from './rule.ts';

export const rules: readonly Rule[] = [
  {
    id: 'foursquare-api-key',
    title: 'Foursquare API key',
    provider: 'Foursquare',
    severity: 'low',
    precision: 'exact',
    keywords: ['fsq3'],
    expression: token('fsq3[A-Za-z0-9+/]{43}=?'),
    minEntropy: 4.2,
    source: 'https://docs.foursquare.com/developer/docs/manage-api-keys',
    rotation: {
      url: 'https://foursquare.com/developers/',
      steps: ['Delete the key in the settings of the project and create a new one.', 'Check the calls of the project.'],
    },
    examples: {
      matches: [
        (sample) => `FOURSQUARE_API_KEY=fsq3${sample.base64(43)}=`,
        (sample) => `headers: {Authorization: 'fsq3${sample.base64(43)}='}`,
      ],
      misses: [() => 'FOURSQUARE_API_KEY=fsq3...', (sample) => `fsq3${sample.alnum(10)}`, () => `fsq3${'x'.repeat(43)}=`],
    },
  },
  {
    id: 'foursquare-client-secret',
    title: 'Foursquare client secret',
    provider: 'Foursquare',
    severity: 'low',
    precision: 'contextual',
    keywords: ['foursquare', '4sq_'],
    expression: assigned(
      ['(?:foursquare|4sq_)[\\w.\\-({,:"\' ]{0,24}?secret', 'foursquare\\.com/v2/[^\\s"\']{0,160}?client_secret'],
      '[A-Z0-9]{48}',
    ),
    minEntropy: 4,
    source: 'https://docs.foursquare.com/developer/docs/manage-api-keys',
    rotation: {
      url: 'https://foursquare.com/developers/',
      steps: ['Reset the client secret in the settings of the project.', 'Check the calls of the project.'],
    },
    examples: {
      matches: [
        (sample) => `FOURSQUARE_CLIENT_SECRET=${sample.upper(48)}`,
        (sample) =>
          `https://api.foursquare.com/v2/venues/search?client_id=${sample.upper(48)}&client_secret=${sample.upper(48)}&v=20230101`,
      ],
      misses: [
        (sample) => `FOURSQUARE_CLIENT_ID=${sample.upper(48)}`,
        () => 'FOURSQUARE_CLIENT_SECRET=YOUR_SECRET',
        () => `FOURSQUARE_CLIENT_SECRET=${'X'.repeat(48)}`,
      ],
    },
  },
];
