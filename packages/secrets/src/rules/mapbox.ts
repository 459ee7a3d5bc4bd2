import { token } from './forms.ts';
import type { Rule } from './rule.ts';
import type { Sampler } from './sampler.ts';

const source = 'https://docs.mapbox.com/help/dive-deeper/access-tokens/';
// Base64 of `{"u":"`, with which the payload begins.
const payload = ['eyJ1', 'Ijoi'].join('');
const rotation = {
  url: 'https://console.mapbox.com/account/access-tokens/',
  steps: [
    'Rotate or delete the token on the linked page.',
    'Check the statistics of the account, and uploads, styles and tokens that a secret token could change.',
    'Limit the new token by scopes and URLs.',
  ],
};

export const rules: readonly Rule[] = [
  {
    id: 'mapbox-secret-token',
    title: 'Mapbox secret access token',
    provider: 'Mapbox',
    severity: 'high',
    precision: 'exact',
    keywords: [`sk.${payload}`],
    expression: token(`sk\\.${payload}[A-Za-z0-9_-]{30,200}\\.[A-Za-z0-9_-]{22}(?!-)`),
    isValid: namesUser,
    source,
    rotation,
    examples: {
      matches: [(sample) => `MAPBOX_SECRET_TOKEN=${mapboxToken('sk', sample)}`, (sample) => `password = "${mapboxToken('sk', sample)}"`],
      misses: [(sample) => `sk.${payload}${sample.alnum(60)}.${sample.alnum(22)}`, () => `MAPBOX_TOKEN=sk.${payload}...`],
    },
  },
  {
    id: 'mapbox-public-token',
    title: 'Mapbox public access token',
    provider: 'Mapbox',
    severity: 'info',
    precision: 'exact',
    keywords: [`pk.${payload}`],
    expression: token(`pk\\.${payload}[A-Za-z0-9_-]{30,200}\\.[A-Za-z0-9_-]{22}(?!-)`),
    isValid: namesUser,
    source,
    rotation: {
      url: rotation.url,
      steps: [
        'A public token is made to be seen; limit it to your URLs so that others cannot use up your quota.',
        'Rotate it when others did.',
      ],
    },
    examples: {
      matches: [
        (sample) => `mapboxgl.accessToken = '${mapboxToken('pk', sample)}';`,
        (sample) => `access_token=${mapboxToken('pk', sample)}`,
      ],
      misses: [(sample) => `pk.${payload}${sample.alnum(60)}.${sample.alnum(22)}`, () => 'accessToken: "pk.your-token"'],
    },
  },
];

/** The middle part is JSON with the user `u` and the token's id `a`. */
function namesUser(secret: string): boolean {
  return /^\{"u":"[^"]{1,80}","a":"[^"]{1,80}"\}$/.test(Buffer.from(secret.split('.')[1] ?? '', 'base64url').toString('latin1'));
}

function mapboxToken(kind: 'sk' | 'pk', sample: Sampler): string {
  const claims = JSON.stringify({ u: sample.lower(10), a: `c${sample.lower(24)}` });
  return `${kind}.${Buffer.from(claims).toString('base64url')}.${sample.base64url(21)}x`;
}
