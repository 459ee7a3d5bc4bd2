import { assigned, token } from './forms.ts';
import type { Rule } from './rule.ts';

const near = '[\\w.\\-({,:"\' ]{0,24}?';

/** Social, video and picture platforms with one kind of secret each. */
export const rules: readonly Rule[] = [
  {
    id: 'pinterest-access-token',
    title: 'Pinterest access token',
    provider: 'Pinterest',
    severity: 'high',
    precision: 'exact',
    keywords: ['pina_', 'pinr.'],
    expression: token('(?:pina_|pinr\\.)[A-Za-z0-9_-]{40,400}(?!-)'),
    minEntropy: 3.8,
    source: 'https://developers.pinterest.com/docs/getting-started/set-up-authentication-and-authorization/',
    rotation: {
      url: 'https://developers.pinterest.com/apps/',
      steps: [
        'Let the user disconnect the app, or reset the secret of the app so that tokens cannot be refreshed.',
        'Check boards, pins and ads since the leak.',
      ],
    },
    examples: {
      matches: [
        (sample) => `PINTEREST_ACCESS_TOKEN=pina_${sample.upper(90)}`,
        (sample) => `Authorization: Bearer pina_${sample.upper(75)}`,
      ],
      misses: [(sample) => `pina_${sample.upper(8)}`, () => `pina_${'X'.repeat(80)}`],
    },
  },
  {
    id: 'reddit-client-secret',
    title: 'Reddit app secret',
    provider: 'Reddit',
    severity: 'medium',
    precision: 'contextual',
    keywords: ['reddit', 'praw.'],
    expression: assigned([`reddit${near}secret`, 'praw\\.Reddit[^\\r\\n]{0,80}?client_secret'], '[A-Za-z0-9_-]{27,30}'),
    minEntropy: 3.6,
    source: 'https://github.com/reddit-archive/reddit/wiki/OAuth2',
    rotation: {
      url: 'https://www.reddit.com/prefs/apps',
      steps: [
        'Delete the app on the linked page and create it again; a secret cannot be changed.',
        'Check posts of the account since the leak.',
      ],
    },
    examples: {
      matches: [
        (sample) => `REDDIT_CLIENT_SECRET=${sample.alnum(30)}`,
        (sample) => `reddit = praw.Reddit(client_id="x", client_secret="${sample.alnum(27)}")`,
      ],
      misses: [(sample) => `REDDIT_CLIENT_ID=${sample.alnum(22)}`, () => `REDDIT_CLIENT_SECRET=${'x'.repeat(27)}`],
    },
  },
  {
    id: 'tiktok-client-secret',
    title: 'TikTok client secret',
    provider: 'TikTok',
    severity: 'high',
    precision: 'contextual',
    keywords: ['tiktok', 'tik_tok'],
    expression: assigned([`tik_?tok${near}secret`], '(?:[A-Za-z0-9]{32}|[0-9a-f]{40})'),
    minEntropy: 3.2,
    source: 'https://developers.tiktok.com/doc/oauth-user-access-token-management',
    rotation: {
      url: 'https://developers.tiktok.com/apps/',
      steps: ['Reset the client secret of the app.', 'Revoke user tokens (`/v2/oauth/revoke/`) and check posts since the leak.'],
    },
    examples: {
      matches: [(sample) => `TIKTOK_CLIENT_SECRET=${sample.alnum(32)}`, (sample) => `tiktok: { appSecret: "${sample.hex(40)}" }`],
      misses: [(sample) => `TIKTOK_CLIENT_KEY=${sample.lower(18)}`, () => `TIKTOK_CLIENT_SECRET=${'x'.repeat(32)}`],
    },
  },
  {
    id: 'spotify-client-secret',
    title: 'Spotify client secret',
    provider: 'Spotify',
    severity: 'medium',
    precision: 'contextual',
    keywords: ['spotify', 'spotipy'],
    expression: assigned([`spotip?f?y${near}secret`], '[0-9a-f]{32}'),
    minEntropy: 3,
    source: 'https://developer.spotify.com/documentation/web-api/concepts/apps',
    rotation: {
      url: 'https://developer.spotify.com/dashboard',
      steps: ['Rotate the client secret in the settings of the app.', 'Check the redirect addresses of the app.'],
    },
    examples: {
      matches: [(sample) => `SPOTIFY_CLIENT_SECRET=${sample.hex(32)}`, (sample) => `SPOTIPY_CLIENT_SECRET='${sample.hex(32)}'`],
      misses: [(sample) => `SPOTIFY_CLIENT_ID=${sample.hex(32)}`, () => 'SPOTIFY_CLIENT_SECRET=your-spotify-secret'],
    },
  },
  {
    id: 'vimeo-access-token',
    title: 'Vimeo access token',
    provider: 'Vimeo',
    severity: 'medium',
    precision: 'contextual',
    keywords: ['vimeo'],
    expression: assigned([`vimeo${near}token`], '[0-9a-f]{32}'),
    minEntropy: 3,
    source: 'https://developer.vimeo.com/api/authentication',
    rotation: {
      url: 'https://developer.vimeo.com/apps',
      steps: ['Delete the token on the page "Authentication" of the app.', 'Check videos and their privacy settings since the leak.'],
    },
    examples: {
      matches: [(sample) => `VIMEO_ACCESS_TOKEN=${sample.hex(32)}`, (sample) => `vimeo: { accessToken: '${sample.hex(32)}' }`],
      misses: [() => 'VIMEO_ACCESS_TOKEN={access_token}', (sample) => `vimeo_video_hash=${sample.hex(32)}`],
    },
  },
  {
    id: 'wistia-api-token',
    title: 'Wistia API token',
    provider: 'Wistia',
    severity: 'medium',
    precision: 'contextual',
    keywords: ['wistia'],
    expression: assigned([`wistia${near}(?:token|password|key)`], '[0-9a-f]{64}'),
    minEntropy: 3.2,
    source: 'https://docs.wistia.com/docs/making-api-requests',
    rotation: {
      url: 'https://my.wistia.com/account/api',
      steps: [
        'Delete the token on the linked page.',
        'Check projects and videos since the leak.',
        'Create a token with the least permissions.',
      ],
    },
    examples: {
      matches: [(sample) => `WISTIA_API_TOKEN=${sample.hex(64)}`, (sample) => `"wistia": {"api_password": "${sample.hex(64)}"}`],
      misses: [() => 'WISTIA_API_TOKEN=YOUR_TOKEN', (sample) => `WISTIA_API_TOKEN=${sample.hex(10)}`],
    },
  },
  {
    id: 'mux-token-secret',
    title: 'Mux access token secret',
    provider: 'Mux',
    severity: 'high',
    precision: 'contextual',
    keywords: ['mux_token', 'mux_access', 'mux_secret', 'new mux(', 'mux.client'],
    expression: assigned(['mux_(?:access_)?(?:token_)?secret', '(?:new mux\\(|mux\\.client)[^\\r\\n]{0,80}?secret'], '[A-Za-z0-9+/]{75}'),
    minEntropy: 4.5,
    source: 'https://www.mux.com/docs/core/make-api-requests',
    rotation: {
      url: 'https://dashboard.mux.com/settings/access-tokens',
      steps: ['Revoke the token on the linked page.', 'Check assets, live streams and signing keys since the leak.'],
    },
    examples: {
      matches: [
        (sample) => `MUX_TOKEN_SECRET=${sample.base64(75)}`,
        (sample) => `const mux = new Mux({ tokenId: 'x', tokenSecret: '${sample.base64(75)}' });`,
      ],
      misses: [(sample) => `MUX_TOKEN_ID=${sample.uuid()}`, () => `MUX_TOKEN_SECRET=${'x'.repeat(75)}`],
    },
  },
  {
    id: 'imgur-client-secret',
    title: 'Imgur client secret',
    provider: 'Imgur',
    severity: 'low',
    precision: 'contextual',
    keywords: ['imgur'],
    expression: assigned([`imgur${near}secret`], '[0-9a-f]{40}'),
    minEntropy: 3,
    source: 'https://apidocs.imgur.com/',
    rotation: {
      url: 'https://imgur.com/account/settings/apps',
      steps: ['Generate a new secret for the app on the linked page.'],
    },
    examples: {
      matches: [(sample) => `IMGUR_CLIENT_SECRET=${sample.hex(40)}`, (sample) => `imgur.secret = "${sample.hex(40)}"`],
      misses: [(sample) => `IMGUR_CLIENT_ID=${sample.hex(15)}`, () => 'IMGUR_CLIENT_SECRET=your_secret'],
    },
  },
  {
    id: 'flickr-api-secret',
    title: 'Flickr API secret',
    provider: 'Flickr',
    severity: 'low',
    precision: 'contextual',
    keywords: ['flickr'],
    expression: assigned([`flickr${near}secret`], '[0-9a-f]{16}'),
    minEntropy: 2.3,
    source: 'https://www.flickr.com/services/api/misc.api_keys.html',
    rotation: {
      url: 'https://www.flickr.com/services/apps/by/me',
      steps: ['Delete the app key on the linked page and ask for a new one.', 'Check photos of the accounts that authorised it.'],
    },
    examples: {
      matches: [(sample) => `FLICKR_API_SECRET=${sample.hex(16)}`, (sample) => `flickr: { secret: "${sample.hex(16)}" }`],
      misses: [(sample) => `FLICKR_API_KEY=${sample.hex(32)}`, () => 'FLICKR_SECRET=your_secret', () => `FLICKR_SECRET=${'0'.repeat(16)}`],
    },
  },
  {
    id: 'unsplash-secret-key',
    title: 'Unsplash secret key',
    provider: 'Unsplash',
    severity: 'low',
    precision: 'contextual',
    keywords: ['unsplash'],
    expression: assigned([`unsplash${near}(?:secret|access_?key|token)`], '[A-Za-z0-9_-]{43}'),
    minEntropy: 4,
    source: 'https://unsplash.com/documentation#authorization',
    rotation: {
      url: 'https://unsplash.com/oauth/applications',
      steps: ['Delete the application on the linked page and register it again, or ask support to rotate its keys.'],
    },
    examples: {
      matches: [
        (sample) => `UNSPLASH_SECRET_KEY=${sample.base64url(43)}`,
        (sample) => `unsplash: { accessKey: '${sample.base64url(43)}' }`,
      ],
      misses: [() => 'UNSPLASH_ACCESS_KEY=YOUR_ACCESS_KEY', () => `UNSPLASH_SECRET_KEY=${'x'.repeat(43)}`],
    },
  },
  {
    id: 'giphy-api-key',
    title: 'GIPHY API key',
    provider: 'GIPHY',
    severity: 'low',
    precision: 'contextual',
    keywords: ['giphy'],
    expression: assigned([`giphy${near}(?:key|token)`, 'giphy\\.com/v1/[^\\s"\']{0,80}?api_key'], '[A-Za-z0-9]{32}'),
    minEntropy: 3.8,
    source: 'https://developers.giphy.com/docs/api/',
    rotation: {
      url: 'https://developers.giphy.com/dashboard/',
      steps: ['Delete the app on the linked page and create a new one.', 'Call the API from your server where the key need not be public.'],
    },
    examples: {
      matches: [
        (sample) => `GIPHY_API_KEY=${sample.alnum(32)}`,
        (sample) => `https://api.giphy.com/v1/gifs/search?q=cat&api_key=${sample.alnum(32)}`,
      ],
      misses: [() => 'GIPHY_API_KEY=your_giphy_api_key', () => `GIPHY_API_KEY=${'x'.repeat(32)}`],
    },
  },
  {
    id: 'frame-io-token',
    title: 'Frame.io developer token',
    provider: 'Frame.io',
    severity: 'high',
    precision: 'exact',
    keywords: ['fio-u-'],
    expression: token('fio-u-[A-Za-z0-9_=-]{64}(?![=-])'),
    minEntropy: 4,
    source: 'https://developer.frame.io/docs/getting-started/authentication',
    rotation: {
      url: 'https://developer.frame.io/app/tokens',
      steps: [
        'Delete the token on the linked page.',
        'Check projects, shares and downloads since the leak.',
        'Create a token with the least scopes.',
      ],
    },
    examples: {
      matches: [(sample) => `FRAMEIO_TOKEN=fio-u-${sample.base64url(63)}x`, (sample) => `FrameioClient("fio-u-${sample.base64url(63)}x")`],
      misses: [(sample) => `fio-u-${sample.alnum(20)}`, () => `fio-u-${'x'.repeat(64)}`],
    },
  },
];
