import { assigned } from './forms.ts';
import type { Rule } from './rule.ts';

const source = 'https://docs.x.com/resources/fundamentals/authentication/overview';
const near = '[\\w.\\-({,:"\' ]{0,24}?';
const zeros = 'A'.repeat(20);
const rotation = {
  url: 'https://developer.x.com/en/portal/projects-and-apps',
  steps: [
    'Regenerate the credential on the page "Keys and tokens" of the app.',
    'Check posts, messages and followers of the account, and other apps connected to it.',
  ],
};

export const rules: readonly Rule[] = [
  {
    id: 'twitter-bearer-token',
    title: 'X (Twitter) app-only bearer token',
    provider: 'X',
    severity: 'medium',
    precision: 'exact',
    keywords: [zeros],
    // The id of the app in base64 stands between two runs of zero bytes. The first run is the same in all tokens and is not counted in.
    expression: new RegExp(
      `(?<![A-Za-z0-9+/_-])${zeros}A{0,2}(?<secret>[B-Za-z0-9%][A-Za-z0-9%]{2,9}A{4,7}[A-Za-z0-9%]{60,110})(?![A-Za-z0-9+/=_-])`,
    ),
    minEntropy: 4,
    source,
    rotation,
    examples: {
      matches: [
        (sample) => `TWITTER_BEARER_TOKEN=${zeros}AAM${sample.alnum(5)}AAAAAA${sample.alnum(24)}%3D${sample.alnum(50)}`,
        (sample) => `Authorization: Bearer ${zeros}AO${sample.alnum(4)}AAAAAA${sample.alnum(24)}%2B${sample.alnum(48)}`,
      ],
      misses: [() => `TWITTER_BEARER_TOKEN=${'A'.repeat(110)}`, (sample) => `${zeros}/${sample.base64(60)}`],
    },
  },
  {
    id: 'twitter-api-secret',
    title: 'X (Twitter) API key secret',
    provider: 'X',
    severity: 'high',
    precision: 'contextual',
    keywords: ['twitter', 'consumer_secret', 'consumersecret', 'x_api_secret'],
    expression: assigned([`twitter${near}secret`, 'consumer_?secret', '(?<![A-Za-z])x_api_secret'], '[A-Za-z0-9]{50}'),
    minEntropy: 4.2,
    source,
    rotation,
    examples: {
      matches: [
        (sample) => `TWITTER_CONSUMER_SECRET=${sample.alnum(50)}`,
        (sample) => `consumer_secret: '${sample.alnum(50)}',`,
        (sample) => `X_API_SECRET="${sample.alnum(50)}"`,
      ],
      misses: [
        (sample) => `TWITTER_CONSUMER_KEY=${sample.alnum(25)}`,
        () => 'TWITTER_API_SECRET=your_api_secret',
        () => `TWITTER_API_SECRET=${'x'.repeat(50)}`,
      ],
    },
  },
  {
    id: 'twitter-access-token-secret',
    title: 'X (Twitter) access token secret',
    provider: 'X',
    severity: 'high',
    precision: 'contextual',
    keywords: ['twitter', 'access_token_secret', 'accesstokensecret', 'access_secret', 'accesssecret'],
    expression: assigned([`twitter${near}secret`, 'access_?(?:token_?)?secret'], '[A-Za-z0-9]{45}'),
    minEntropy: 4.2,
    source,
    rotation,
    examples: {
      matches: [(sample) => `TWITTER_ACCESS_TOKEN_SECRET=${sample.alnum(45)}`, (sample) => `access_token_secret: "${sample.alnum(45)}"`],
      misses: [
        (sample) => `TWITTER_ACCESS_TOKEN_SECRET=${sample.alnum(20)}`,
        () => 'TWITTER_ACCESS_SECRET=your-secret',
        () => `access_token_secret: "${'x'.repeat(45)}"`,
      ],
    },
  },
  {
    id: 'twitter-access-token',
    title: 'X (Twitter) user access token',
    provider: 'X',
    severity: 'low',
    precision: 'contextual',
    keywords: ['twitter', 'access_token', 'accesstoken'],
    expression: assigned([`twitter${near}token`, 'access_?token(?:_?key)?'], '[1-9][0-9]{6,19}-[A-Za-z0-9]{40}'),
    minEntropy: 4,
    source,
    rotation,
    examples: {
      matches: [
        (sample) => `TWITTER_ACCESS_TOKEN=1${sample.digits(18)}-${sample.alnum(40)}`,
        (sample) => `access_token_key: '9${sample.digits(8)}-${sample.alnum(40)}',`,
      ],
      misses: [() => 'TWITTER_ACCESS_TOKEN=<access token>', (sample) => `access_token=${sample.digits(8)}-${sample.alnum(12)}`],
    },
  },
];
