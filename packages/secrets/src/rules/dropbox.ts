import { assigned, token } from './forms.ts';
import type { Rule } from './rule.ts';

const rotation = {
  url: 'https://www.dropbox.com/account/connected_apps',
  steps: [
    'Disconnect the app on the linked page, or call `/2/auth/token/revoke` with the token.',
    'Check the events of the account for files read, shared or deleted.',
    'Connect again; keep the refresh token in the secret store and let access tokens be short-lived.',
  ],
};

export const rules: readonly Rule[] = [
  {
    id: 'dropbox-short-lived-token',
    title: 'Dropbox access token',
    provider: 'Dropbox',
    severity: 'medium',
    precision: 'exact',
    keywords: ['sl.'],
    expression: token('sl\\.(?:u\\.)?[A-Za-z0-9_-]{120,1500}={0,2}'),
    reach: 1600,
    minEntropy: 4.3,
    source: 'https://developers.dropbox.com/oauth-guide',
    rotation,
    examples: {
      matches: [
        (sample) => `DROPBOX_TOKEN=sl.${sample.base64url(136)}x`,
        (sample) => `dbx = dropbox.Dropbox("sl.u.${sample.base64url(1200)}x")`,
      ],
      misses: [() => 'import ssl.SSLContext', (sample) => `sl.${sample.alnum(30)}`, () => `sl.${'x'.repeat(140)}`],
    },
  },
  {
    id: 'dropbox-long-lived-token',
    title: 'Dropbox refresh token or long-lived access token',
    provider: 'Dropbox',
    severity: 'critical',
    precision: 'contextual',
    keywords: ['dropbox', 'dbx_', 'refresh_token', 'refreshtoken'],
    // Before the run of `A` stands what names the app; behind it, what is random.
    expression:
      /(?:dropbox|dbx_|refresh_?token)[^\r\n]{0,64}?(?<![A-Za-z0-9_-])[A-Za-z0-9_-]{11}A{10}(?<secret>[A-Za-z0-9_-]{43})(?![A-Za-z0-9_-])/i,
    minEntropy: 4,
    source: 'https://developers.dropbox.com/oauth-guide',
    rotation,
    examples: {
      matches: [
        (sample) => `DROPBOX_REFRESH_TOKEN=${sample.alnum(11)}AAAAAAAAAA${sample.base64url(43)}`,
        (sample) => `"refresh_token": "${sample.alnum(11)}AAAAAAAAAA${sample.base64url(43)}"`,
      ],
      misses: [() => `DROPBOX_TOKEN=${'A'.repeat(64)}`, (sample) => `DROPBOX_TOKEN=${sample.alnum(20)}`],
    },
  },
  {
    id: 'dropbox-app-secret',
    title: 'Dropbox app secret',
    provider: 'Dropbox',
    severity: 'high',
    precision: 'contextual',
    keywords: ['dropbox'],
    expression: assigned(['dropbox[\\w.\\-({,:"\' ]{0,24}?secret'], '[a-z0-9]{15}'),
    minEntropy: 2.8,
    chosen: 'random',
    source: 'https://www.dropbox.com/developers/reference/getting-started',
    rotation: {
      url: 'https://www.dropbox.com/developers/apps',
      steps: [
        'Ask Dropbox support to reset the secret, or create a new app: a secret cannot be changed on the linked page.',
        'Check the redirect addresses of the app.',
      ],
    },
    examples: {
      matches: [(sample) => `DROPBOX_APP_SECRET=${sample.lower(15)}`, (sample) => `dropbox: { clientSecret: '${sample.lower(15)}' }`],
      misses: [
        (sample) => `DROPBOX_APP_KEY=${sample.lower(15)}`,
        () => 'DROPBOX_APP_SECRET=xxxxxxxxxxxxxxx',
        () => 'DROPBOX_APP_SECRET=<secret>',
      ],
    },
  },
];
