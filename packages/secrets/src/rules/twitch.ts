import { assigned, token } from './forms.ts';
import type { Rule } from './rule.ts';

export const rules: readonly Rule[] = [
  {
    id: 'twitch-credential',
    title: 'Twitch access token or client secret',
    provider: 'Twitch',
    severity: 'high',
    precision: 'contextual',
    keywords: ['twitch', 'oauth:'],
    expression: assigned(
      ['twitch[\\w.\\-({,:"\' ]{0,24}?(?:secret|token|oauth|password)', 'oauth(?=:[a-z0-9]{30}(?![A-Za-z0-9]))'],
      '(?:oauth:)?[a-z0-9]{30}',
    ),
    minEntropy: 3.7,
    source: 'https://dev.twitch.tv/docs/authentication/',
    rotation: {
      url: 'https://dev.twitch.tv/console/apps',
      steps: [
        'Revoke the token (`POST https://id.twitch.tv/oauth2/revoke`) or make a new secret for the app.',
        'Check the channel and chat settings since the leak.',
      ],
    },
    examples: {
      matches: [(sample) => `TWITCH_CLIENT_SECRET=${sample.lower(30)}`, (sample) => `password: 'oauth:${sample.lower(30)}'`],
      misses: [(sample) => `TWITCH_CLIENT_ID=${sample.lower(30)}`, () => "password: 'oauth:xxxxxxxxxxxxxxxxxxxxxxxxxxxxxx'"],
    },
  },
  {
    id: 'twitch-stream-key',
    title: 'Twitch stream key',
    provider: 'Twitch',
    severity: 'high',
    precision: 'exact',
    keywords: ['live_'],
    expression: token('live_[0-9]{7,11}_[A-Za-z0-9]{30}'),
    minEntropy: 4,
    source: 'https://help.twitch.tv/s/article/twitch-stream-key-faq',
    rotation: {
      url: 'https://dashboard.twitch.tv/settings/stream',
      steps: [
        'Reset the primary stream key on the linked page and set it in your broadcasting software.',
        'Check past broadcasts of the channel since the leak.',
      ],
    },
    examples: {
      matches: [
        (sample) => `STREAM_KEY=live_${sample.digits(9)}_${sample.alnum(30)}`,
        (sample) => `ffmpeg -f flv rtmp://live.twitch.tv/app/live_${sample.digits(8)}_${sample.alnum(30)}`,
      ],
      misses: [() => 'STREAM_KEY=live_xxxxxxxxx_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxx', (sample) => `live_${sample.digits(9)}`],
    },
  },
];
