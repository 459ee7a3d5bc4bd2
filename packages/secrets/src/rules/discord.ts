import { assigned } from './forms.ts';
import type { Rule } from './rule.ts';
import type { Sampler } from './sampler.ts';

const source = 'https://discord.com/developers/docs/reference#authentication';

// What stands before the value in the settings of most bots.
const tokenAssignments = ['token": "', 'token":"', 'token: "', "token: '", 'token = "', "token = '", 'token="', "token='"];

export const rules: readonly Rule[] = [
  {
    id: 'discord-bot-token',
    title: 'Discord bot token',
    provider: 'Discord',
    severity: 'high',
    precision: 'contextual',
    // The first part is the bot's numeric id in base64: too little of it is fixed for a keyword.
    keywords: [
      'discord',
      'bot_token',
      'bot-token',
      'bottoken',
      'bot.run(',
      'client.run(',
      '.login(',
      'authorization: bot',
      ...tokenAssignments,
    ],
    expression:
      /(?:discord|bot[_-]?token|bot\.run\(|client\.run\(|\.login\(|authorization: bot|token"?(?: ?[:=] ?)["'](?=[MNO]))[^\r\n]{0,48}?(?<![A-Za-z0-9_.-])(?<secret>[MNO][A-Za-z0-9]{22,27}\.[A-Za-z0-9_-]{6}\.[A-Za-z0-9_-]{27,38})(?![A-Za-z0-9_.-])/i,
    isValid: beginsWithId,
    source,
    rotation: {
      url: 'https://discord.com/developers/applications',
      steps: [
        'Reset the token on the page "Bot" of the application.',
        'Check the servers the bot is in for messages, roles and webhooks that it should not have made.',
        'Turn off privileged intents and permissions it does not need.',
      ],
    },
    examples: {
      matches: [
        (sample) => `DISCORD_TOKEN=${botToken(sample)}`,
        (sample) => `client.login("${botToken(sample)}");`,
        (sample) => `Authorization: Bot ${botToken(sample)}`,
        (sample) => `{"prefix": "!", "token": "${botToken(sample)}"}`,
      ],
      misses: [
        (sample) => `DISCORD_TOKEN=M${sample.alnum(23)}.${sample.alnum(6)}.${sample.alnum(27)}`,
        () => 'DISCORD_TOKEN=your-bot-token',
        (sample) => `token: eyJ${sample.alnum(20)}.${sample.alnum(40)}.${sample.alnum(43)}`,
      ],
    },
  },
  {
    id: 'discord-webhook-url',
    title: 'Discord webhook',
    provider: 'Discord',
    severity: 'high',
    precision: 'exact',
    keywords: ['discord.com/api/', 'discordapp.com/api/'],
    expression: /discord(?:app)?\.com\/api\/(?:v\d{1,2}\/)?(?<secret>webhooks\/[0-9]{17,20}\/[A-Za-z0-9_-]{60,80})(?![A-Za-z0-9_-])/,
    minEntropy: 4.2,
    source: 'https://discord.com/developers/docs/resources/webhook',
    rotation: {
      url: 'https://support.discord.com/hc/en-us/articles/228383668-Intro-to-Webhooks',
      steps: [
        'Delete the webhook under Integrations of the channel, or send DELETE to its URL.',
        'Create a new one and keep its URL in the secret store.',
      ],
    },
    examples: {
      matches: [
        (sample) => `DISCORD_WEBHOOK=https://discord.com/api/webhooks/${sample.digits(18)}/${sample.base64url(68)}`,
        (sample) => `url: "https://discordapp.com/api/v10/webhooks/${sample.digits(19)}/${sample.base64url(68)}",`,
      ],
      misses: [() => 'https://discord.com/api/webhooks/<id>/<token>', (sample) => `https://discord.com/api/webhooks/${sample.digits(18)}`],
    },
  },
  {
    id: 'discord-client-secret',
    title: 'Discord OAuth client secret',
    provider: 'Discord',
    severity: 'high',
    precision: 'contextual',
    keywords: ['discord'],
    expression: assigned(['discord[\\w.\\-({,:"\' ]{0,24}?secret'], '[A-Za-z0-9_-]{32}'),
    minEntropy: 3.8,
    source: 'https://discord.com/developers/docs/topics/oauth2',
    rotation: {
      url: 'https://discord.com/developers/applications',
      steps: ['Reset the client secret on the page "OAuth2" of the application.', 'Check the redirect addresses of the application.'],
    },
    examples: {
      matches: [
        (sample) => `DISCORD_CLIENT_SECRET=${sample.alnum(32)}`,
        (sample) => `discord: { clientSecret: "${sample.base64url(31)}x" }`,
      ],
      misses: [
        (sample) => `DISCORD_CLIENT_ID=${sample.digits(18)}`,
        () => 'DISCORD_CLIENT_SECRET=your_client_secret_goes_in_here',
        () => `DISCORD_CLIENT_SECRET=${'x'.repeat(32)}`,
      ],
    },
  },
];

/** The first part is a snowflake (17 to 20 digits) in base64. */
function beginsWithId(secret: string): boolean {
  return /^[0-9]{17,20}$/.test(Buffer.from(secret.slice(0, secret.indexOf('.')), 'base64').toString('latin1'));
}

function botToken(sample: Sampler): string {
  const id = Buffer.from(`1${sample.digits(17)}`)
    .toString('base64')
    .replaceAll('=', '');
  return `${id}.${sample.alnum(6)}.${sample.base64url(37)}x`;
}
