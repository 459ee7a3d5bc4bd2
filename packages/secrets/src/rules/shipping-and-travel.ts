import { assigned, token } from './forms.ts';
import type { Rule } from './rule.ts';

const near = '[\\w.\\-({,:"\' ]{0,24}?';

/** Parcels, letters, flights and local search, with one kind of secret each. */
export const rules: readonly Rule[] = [
  {
    id: 'lob-api-key',
    title: 'Lob live API key',
    provider: 'Lob',
    severity: 'high',
    precision: 'contextual',
    keywords: ['lob_', 'lob.', 'lob(', 'lob-'],
    expression: /(?<![A-Za-z])lob[_.(-][^\r\n]{0,64}?(?<![A-Za-z0-9_])(?<secret>live_[0-9a-f]{35})(?![A-Za-z0-9_])/i,
    minEntropy: 3,
    source: 'https://docs.lob.com/#tag/Authentication',
    rotation: {
      url: 'https://dashboard.lob.com/settings/api-keys',
      steps: ['Rotate the key on the linked page.', 'Check letters, postcards and checks sent since the leak.'],
    },
    examples: {
      matches: [(sample) => `LOB_API_KEY=live_${sample.hex(35)}`, (sample) => `const lob = new Lob({ apiKey: 'live_${sample.hex(35)}' });`],
      misses: [() => 'LOB_API_KEY=live_xxxx', (sample) => `blob_live_${sample.hex(35)}`],
    },
  },
  {
    id: 'duffel-access-token',
    title: 'Duffel access token',
    provider: 'Duffel',
    severity: 'high',
    precision: 'exact',
    keywords: ['duffel_live_', 'duffel_test_'],
    expression: token('duffel_(?:live|test)_[A-Za-z0-9_-]{43}(?!-)'),
    minEntropy: 4,
    source: 'https://duffel.com/docs/api/overview/making-requests',
    rotation: {
      url: 'https://app.duffel.com/',
      steps: [
        'Delete the token under Developers > Access tokens.',
        'Check orders and payments since the leak.',
        'Create a read-only token where that is enough.',
      ],
    },
    examples: {
      matches: [
        (sample) => `DUFFEL_ACCESS_TOKEN=duffel_live_${sample.base64url(42)}x`,
        (sample) => `new Duffel({ token: 'duffel_test_${sample.base64url(42)}x' })`,
      ],
      misses: [
        () => 'DUFFEL_ACCESS_TOKEN=duffel_test_...',
        (sample) => `duffel_test_${sample.alnum(10)}`,
        () => `duffel_live_${'x'.repeat(43)}`,
      ],
    },
  },
  {
    id: 'amadeus-api-secret',
    title: 'Amadeus API secret',
    provider: 'Amadeus',
    severity: 'medium',
    precision: 'contextual',
    keywords: ['amadeus'],
    expression: assigned([`amadeus${near}secret`], '[A-Za-z0-9]{16}'),
    minEntropy: 3,
    chosen: 'random',
    source: 'https://developers.amadeus.com/self-service/apis-docs/guides/developer-guides/API-Keys/authorization/',
    rotation: {
      url: 'https://developers.amadeus.com/my-apps',
      steps: ['Delete the app on the linked page and create a new one for new keys.', 'Check the quota and bookings since the leak.'],
    },
    examples: {
      matches: [
        (sample) => `AMADEUS_CLIENT_SECRET=${sample.alnum(16)}`,
        (sample) => `new Amadeus({ clientSecret: '${sample.alnum(16)}' })`,
      ],
      misses: [
        (sample) => `AMADEUS_CLIENT_ID=${sample.alnum(32)}`,
        () => 'AMADEUS_CLIENT_SECRET=xxxxxxxxxxxxxxxx',
        () => "clientSecret: 'REPLACE_BY_YOUR_API_SECRET'",
      ],
    },
  },
  {
    id: 'yelp-api-key',
    title: 'Yelp API key',
    provider: 'Yelp',
    severity: 'low',
    precision: 'contextual',
    keywords: ['yelp'],
    expression: assigned([`yelp${near}(?:key|token|authorization)`], '[A-Za-z0-9_-]{128}'),
    minEntropy: 4.5,
    source: 'https://docs.developer.yelp.com/docs/fusion-authentication',
    rotation: {
      url: 'https://www.yelp.com/developers/v3/manage_app',
      steps: ['Regenerate the key on the linked page.', 'Check the calls of a paid plan.'],
    },
    examples: {
      matches: [(sample) => `YELP_API_KEY=${sample.base64url(127)}x`, (sample) => `yelp: { apiKey: "${sample.base64url(127)}x" }`],
      misses: [() => 'YELP_API_KEY=YOUR_YELP_API_KEY', () => `YELP_API_KEY=${'x'.repeat(128)}`],
    },
  },
];
