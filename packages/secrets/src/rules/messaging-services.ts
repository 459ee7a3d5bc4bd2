import { assigned, credentialsOf, token } from './forms.ts';
import type { Rule } from './rule.ts';

const near = '[\\w.\\-({,:"\' ]{0,24}?';

/** Chat, push, telephony and real-time services with one kind of secret each. */
export const rules: readonly Rule[] = [
  {
    id: 'telegram-bot-token',
    title: 'Telegram bot token',
    provider: 'Telegram',
    severity: 'high',
    precision: 'exact',
    keywords: [':AA'],
    lookBehind: 11,
    // The Bot API writes `bot` before the token in its URLs.
    expression: /(?<=[Bb]ot|(?<![A-Za-z0-9_:-]))(?<secret>[0-9]{8,10}:AA[A-Za-z0-9_-]{32,33})(?![A-Za-z0-9_-])/,
    minEntropy: 4,
    notSecrets: [/^110201543:AAHdq/],
    source: 'https://core.telegram.org/bots/api#authorizing-your-bot',
    rotation: {
      url: 'https://t.me/BotFather',
      steps: [
        'Send `/revoke` to BotFather and choose the bot: it issues a new token.',
        'Call `getWebhookInfo` and remove a webhook that is not yours.',
      ],
    },
    examples: {
      matches: [
        (sample) => `TELEGRAM_TOKEN=1${sample.digits(9)}:AA${sample.base64url(33)}`,
        (sample) => `https://api.telegram.org/bot1${sample.digits(8)}:AA${sample.base64url(33)}/getMe`,
        (sample) => `bot = TeleBot("1${sample.digits(9)}:AA${sample.base64url(33)}")`,
      ],
      misses: [
        (sample) => `TELEGRAM_TOKEN=1${sample.digits(9)}:AA${sample.alnum(10)}`,
        () => 'TELEGRAM_TOKEN=123456789:AAxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx',
        (sample) => `fingerprint 12:34:56:AA:${sample.hex(2)}`,
      ],
    },
  },
  {
    id: 'onesignal-api-key',
    title: 'OneSignal API key',
    provider: 'OneSignal',
    severity: 'high',
    precision: 'exact',
    keywords: ['os_v2_'],
    expression: token('os_v2_(?:app|org)_[a-z2-7]{103}'),
    minEntropy: 4,
    source: 'https://documentation.onesignal.com/docs/en/keys-and-ids',
    rotation: {
      url: 'https://dashboard.onesignal.com/',
      steps: [
        'Rotate or delete the key under Settings > Keys & IDs.',
        'Check messages sent and users exported since the leak.',
        'Turn on the IP allow-list of the key.',
      ],
    },
    examples: {
      matches: [
        (sample) => `ONESIGNAL_API_KEY=os_v2_app_${sample.from('abcdefghijklmnopqrstuvwxyz234567', 103)}`,
        (sample) => `Authorization: Key os_v2_org_${sample.from('abcdefghijklmnopqrstuvwxyz234567', 103)}`,
      ],
      misses: [() => 'ONESIGNAL_API_KEY=os_v2_app_...', (sample) => `os_v2_app_${sample.lower(20)}`, () => `os_v2_app_${'x'.repeat(103)}`],
    },
  },
  {
    id: 'pusher-app-secret',
    title: 'Pusher app secret',
    provider: 'Pusher',
    severity: 'high',
    precision: 'contextual',
    keywords: ['pusher'],
    expression: assigned([`pusher${near}secret`], '[0-9a-f]{20}'),
    minEntropy: 2.5,
    source: 'https://pusher.com/docs/channels/library_auth_reference/rest-api/',
    rotation: {
      url: 'https://dashboard.pusher.com/',
      steps: [
        'Create a new key pair on the page "App Keys", switch to it, revoke the leaked one.',
        'Check channels for events that your servers did not send.',
      ],
    },
    examples: {
      matches: [(sample) => `PUSHER_APP_SECRET=${sample.hex(20)}`, (sample) => `pusher: { secret: "${sample.hex(20)}" }`],
      misses: [
        (sample) => `PUSHER_APP_KEY=${sample.hex(20)}`,
        () => 'PUSHER_APP_SECRET=your-pusher-secret',
        () => `PUSHER_APP_SECRET=${'x'.repeat(20)}`,
      ],
    },
  },
  {
    id: 'ably-api-key',
    title: 'Ably API key',
    provider: 'Ably',
    severity: 'high',
    precision: 'contextual',
    keywords: ['ably_', 'ably.', 'ably-', 'ablykey', 'ablyapikey'],
    expression:
      /ably(?:[_.-]|api|key)[^\r\n]{0,64}?(?<![A-Za-z0-9_.-])(?<secret>[A-Za-z0-9_-]{6}\.[A-Za-z0-9_-]{6}:[A-Za-z0-9_-]{43})(?![A-Za-z0-9_-])/i,
    minEntropy: 4.3,
    source: 'https://ably.com/docs/auth/basic',
    rotation: {
      url: 'https://ably.com/accounts',
      steps: [
        'Revoke the key on the page "API Keys" of the app.',
        'Create one with only the capabilities and channels that are needed; give clients tokens.',
      ],
    },
    examples: {
      matches: [
        (sample) => `ABLY_API_KEY=${sample.alnum(6)}.${sample.alnum(6)}:${sample.base64url(43)}`,
        (sample) => `new Ably.Realtime({ key: '${sample.alnum(6)}.${sample.alnum(6)}:${sample.base64url(43)}' })`,
      ],
      misses: [() => 'ABLY_API_KEY=xxxxxx.xxxxxx:xxxxxxxx', (sample) => `ABLY_API_KEY=${sample.alnum(6)}.${sample.alnum(6)}`],
    },
  },
  {
    id: 'vonage-api-secret',
    title: 'Vonage (Nexmo) API secret',
    provider: 'Vonage',
    severity: 'high',
    precision: 'contextual',
    keywords: ['vonage', 'nexmo'],
    expression: assigned([`(?:vonage|nexmo)${near}secret`], '[A-Za-z0-9]{16}'),
    minEntropy: 3,
    chosen: 'random',
    source: 'https://developer.vonage.com/en/getting-started/concepts/authentication',
    rotation: {
      url: 'https://dashboard.nexmo.com/settings',
      steps: [
        'Create a second secret on the linked page, switch to it, revoke the leaked one.',
        'Check messages, calls and numbers since the leak.',
      ],
    },
    examples: {
      matches: [
        (sample) => `VONAGE_API_SECRET=${sample.alnum(16)}`,
        (sample) => `nexmo = Client(key="x", secret="y"); NEXMO_SECRET="${sample.alnum(16)}"`,
      ],
      misses: [
        (sample) => `VONAGE_API_KEY=${sample.hex(8)}`,
        () => 'VONAGE_API_SECRET=xxxxxxxxxxxxxxxx',
        () => 'NEXMO_API_SECRET=your_api_secret',
      ],
    },
  },
  {
    id: 'messagebird-access-key',
    title: 'MessageBird (Bird) access key',
    provider: 'MessageBird',
    severity: 'high',
    precision: 'contextual',
    keywords: ['messagebird', 'message_bird', 'message-bird'],
    expression: assigned([...credentialsOf('message[_-]?bird'), 'messagebird\\.(?:Client|initClient)'], '[A-Za-z0-9]{25}'),
    minEntropy: 3.5,
    source: 'https://developers.messagebird.com/api/#authentication',
    rotation: {
      url: 'https://dashboard.messagebird.com/developers/access',
      steps: ['Delete the key on the linked page.', 'Check messages and the balance since the leak.'],
    },
    examples: {
      matches: [(sample) => `MESSAGEBIRD_API_KEY=${sample.alnum(25)}`, (sample) => `client = messagebird.Client("${sample.alnum(25)}")`],
      misses: [
        () => 'MESSAGEBIRD_API_KEY=YOUR_ACCESS_KEY',
        () => `MESSAGEBIRD_API_KEY=${'x'.repeat(25)}`,
        (sample) => `MESSAGEBIRD_API_KEY=${sample.alnum(12)}`,
      ],
    },
  },
  {
    id: 'plivo-auth-token',
    title: 'Plivo auth token',
    provider: 'Plivo',
    severity: 'high',
    precision: 'contextual',
    keywords: ['plivo'],
    expression: assigned([`plivo${near}token`, 'plivo\\.(?:RestClient|Client)\\(["\']MA[A-Z0-9]{18}["\']'], '[A-Za-z0-9]{40,56}'),
    minEntropy: 4,
    source: 'https://www.plivo.com/docs/sms/api/overview/#authentication',
    rotation: {
      url: 'https://console.plivo.com/dashboard/',
      steps: ['Regenerate the auth token on the linked page.', 'Check messages, calls and numbers since the leak.'],
    },
    examples: {
      matches: [
        (sample) => `PLIVO_AUTH_TOKEN=${sample.alnum(40)}`,
        (sample) => `client = plivo.RestClient('MA${sample.upper(18)}', '${sample.alnum(40)}')`,
      ],
      misses: [
        (sample) => `PLIVO_AUTH_ID=MA${sample.upper(18)}`,
        () => 'PLIVO_AUTH_TOKEN=<auth_token>',
        () => `PLIVO_AUTH_TOKEN=${'x'.repeat(40)}`,
      ],
    },
  },
  {
    id: 'telnyx-api-key',
    title: 'Telnyx API key',
    provider: 'Telnyx',
    severity: 'high',
    precision: 'exact',
    keywords: ['KEY0'],
    expression: token('KEY0[0-9A-F]{31}_[A-Za-z0-9]{22}'),
    minEntropy: 3.8,
    source: 'https://developers.telnyx.com/docs/development/api-fundamentals/create-api-keys',
    rotation: {
      url: 'https://portal.telnyx.com/#/app/api-keys',
      steps: ['Delete the key on the linked page.', 'Check messages, calls and numbers since the leak.'],
    },
    examples: {
      matches: [
        (sample) => `TELNYX_API_KEY=KEY0${sample.from('0123456789ABCDEF', 31)}_${sample.alnum(22)}`,
        (sample) => `Authorization: Bearer KEY0${sample.from('0123456789ABCDEF', 31)}_${sample.alnum(22)}`,
      ],
      misses: [
        () => 'TELNYX_API_KEY=KEY0123456789',
        () => 'const KEY0_MODIFIER_DEFAULT = 1',
        () => `KEY0${'0'.repeat(31)}_${'x'.repeat(22)}`,
      ],
    },
  },
  {
    id: 'mattermost-token',
    title: 'Mattermost access token',
    provider: 'Mattermost',
    severity: 'high',
    precision: 'contextual',
    keywords: ['mattermost', 'mm_token', 'mm_access', 'mm_bot'],
    expression: assigned(credentialsOf('mattermost', 'mm_(?:access_?|bot_?)?'), '[a-z0-9]{26}'),
    minEntropy: 3.5,
    source: 'https://developers.mattermost.com/integrate/reference/personal-access-token/',
    rotation: {
      url: 'https://docs.mattermost.com/developer/personal-access-tokens.html',
      steps: [
        'Delete the token under Profile > Security > Personal Access Tokens, or of the bot account.',
        'Check what the account read and posted since the leak.',
      ],
    },
    examples: {
      matches: [(sample) => `MATTERMOST_TOKEN=${sample.lower(26)}`, (sample) => `mattermost: {token: "${sample.lower(26)}"}`],
      misses: [
        (sample) => `MATTERMOST_TEAM_ID=${sample.lower(26)}`,
        () => 'MATTERMOST_TOKEN=your-access-token',
        () => `MATTERMOST_TOKEN=${'x'.repeat(26)}`,
      ],
    },
  },
  {
    id: 'zulip-api-key',
    title: 'Zulip API key',
    provider: 'Zulip',
    severity: 'high',
    precision: 'contextual',
    keywords: ['zulip'],
    expression: assigned([...credentialsOf('zulip'), 'zulip\\.Client\\([^\\r\\n]{0,80}?api_key'], '[A-Za-z0-9]{32}'),
    minEntropy: 3.8,
    source: 'https://zulip.com/api/api-keys',
    rotation: {
      url: 'https://zulip.com/api/api-keys',
      steps: ['Generate a new API key for the bot or account; the old one stops at once.', 'Check what it read and sent since the leak.'],
    },
    examples: {
      matches: [
        (sample) => `ZULIP_API_KEY=${sample.alnum(32)}`,
        (sample) => `zulip.Client(email="bot@x.org", api_key="${sample.alnum(32)}")`,
      ],
      misses: [() => 'ZULIP_API_KEY=<your-api-key>', () => `ZULIP_API_KEY=${'x'.repeat(32)}`],
    },
  },
  {
    id: 'line-channel-access-token',
    title: 'LINE channel access token',
    provider: 'LINE',
    severity: 'high',
    precision: 'contextual',
    keywords: ['line_', 'line-', 'line.', 'linebot', 'channel_access', 'channelaccess', 'channel-access', 'messagingapi'],
    expression: /(?:line[_.-]|linebot|channel[_-]?access|messagingapi)[^\r\n]{0,48}?(?<![A-Za-z0-9+/])(?<secret>[A-Za-z0-9+/]{165,175}=)/i,
    minEntropy: 4.5,
    source: 'https://developers.line.biz/en/docs/basics/channel-access-token/',
    rotation: {
      url: 'https://developers.line.biz/console/',
      steps: [
        'Reissue the channel access token on the page "Messaging API" of the channel; the old one can be ended at once.',
        'Use short-lived tokens with JWT assertion in its place.',
      ],
    },
    examples: {
      matches: [
        (sample) => `LINE_CHANNEL_ACCESS_TOKEN=${sample.base64(171)}=`,
        (sample) => `const config = { channelAccessToken: '${sample.base64(171)}=' };`,
      ],
      misses: [(sample) => `LINE_CHANNEL_ACCESS_TOKEN=${sample.base64(40)}=`, () => 'LINE_CHANNEL_ACCESS_TOKEN=YOUR_CHANNEL_ACCESS_TOKEN'],
    },
  },
  {
    id: 'sendbird-api-token',
    title: 'Sendbird API token',
    provider: 'Sendbird',
    severity: 'high',
    precision: 'contextual',
    keywords: ['sendbird'],
    expression: assigned(credentialsOf('sendbird'), '(?:[0-9a-f]{40}|[0-9a-f]{24})'),
    minEntropy: 3,
    source: 'https://sendbird.com/docs/chat/platform-api/v3/prepare-to-use-api#2-authentication',
    rotation: {
      url: 'https://dashboard.sendbird.com/',
      steps: [
        'Revoke the token under Settings > Application > General > API tokens.',
        'Check users, channels and messages since the leak.',
      ],
    },
    examples: {
      matches: [(sample) => `SENDBIRD_API_TOKEN=${sample.hex(40)}`, (sample) => `"sendbird": {"master_api_token": "${sample.hex(40)}"}`],
      misses: [
        (sample) => `SENDBIRD_APP_ID=${sample.uuid().toUpperCase()}`,
        () => 'SENDBIRD_API_TOKEN=your-token',
        () => `SENDBIRD_API_TOKEN=${'0'.repeat(40)}`,
      ],
    },
  },
  {
    id: 'getstream-api-secret',
    title: 'Stream API secret',
    provider: 'Stream',
    severity: 'high',
    precision: 'contextual',
    keywords: ['stream_', 'getstream', 'stream-chat', 'streamchat'],
    expression: assigned(
      ['(?:stream_(?:chat_|api_|app_){0,2}|getstream[\\w.\\-]{0,16}?|stream-?chat[\\w.\\-]{0,16}?)secret'],
      '[a-z0-9]{64}',
    ),
    minEntropy: 4,
    source: 'https://getstream.io/chat/docs/node/tokens_and_authentication/',
    rotation: {
      url: 'https://dashboard.getstream.io/',
      steps: [
        'Create a new key and secret for the app, switch to it, disable the leaked one.',
        'Revoke user tokens that were signed with it (`revoke_tokens_issued_before`).',
      ],
    },
    examples: {
      matches: [(sample) => `STREAM_API_SECRET=${sample.lower(64)}`, (sample) => `getstream.secret: '${sample.lower(64)}'`],
      misses: [(sample) => `STREAM_API_KEY=${sample.lower(12)}`, () => `STREAM_API_SECRET=${'x'.repeat(64)}`],
    },
  },
  {
    id: 'agora-app-certificate',
    title: 'Agora app certificate',
    provider: 'Agora',
    severity: 'high',
    precision: 'contextual',
    keywords: ['agora', 'app_certificate', 'appcertificate'],
    expression: assigned(['agora[\\w.\\-]{0,20}?cert(?:ificate)?', 'app_?certificate'], '[0-9a-f]{32}'),
    minEntropy: 3,
    source: 'https://docs.agora.io/en/video-calling/token-authentication/authentication-workflow',
    rotation: {
      url: 'https://console.agora.io/',
      steps: [
        'Enable the secondary certificate of the project, switch to it, delete the primary one.',
        'Check minutes used since the leak.',
      ],
    },
    examples: {
      matches: [(sample) => `AGORA_APP_CERTIFICATE=${sample.hex(32)}`, (sample) => `const appCertificate = "${sample.hex(32)}";`],
      misses: [
        (sample) => `AGORA_APP_ID=${sample.hex(32)}`,
        () => 'AGORA_APP_CERTIFICATE=<Your app certificate>',
        () => `appCertificate = "${'0'.repeat(32)}"`,
      ],
    },
  },
  {
    id: 'daily-api-key',
    title: 'Daily API key',
    provider: 'Daily',
    severity: 'high',
    precision: 'contextual',
    keywords: ['daily_api', 'daily_co', 'dailyapi', 'daily-api', 'daily.co'],
    expression: assigned(['daily(?:_api|_co|api|-api|\\.co)[\\w.\\-]{0,16}?(?:key|token)'], '[0-9a-f]{64}'),
    minEntropy: 3.2,
    source: 'https://docs.daily.co/reference/rest-api',
    rotation: {
      url: 'https://dashboard.daily.co/developers',
      steps: ['Regenerate the key on the linked page.', 'Check rooms, recordings and minutes since the leak.'],
    },
    examples: {
      matches: [(sample) => `DAILY_API_KEY=${sample.hex(64)}`, (sample) => `dailyApiKey: '${sample.hex(64)}'`],
      misses: [() => 'DAILY_API_KEY=your-daily-key', (sample) => `daily_checksum=${sample.hex(64)}`],
    },
  },
  {
    id: 'livekit-api-secret',
    title: 'LiveKit API secret',
    provider: 'LiveKit',
    severity: 'high',
    precision: 'contextual',
    keywords: ['livekit'],
    expression: assigned([`livekit${near}secret`], '[A-Za-z0-9+/]{40,50}={0,2}'),
    minEntropy: 4,
    source: 'https://docs.livekit.io/home/get-started/authentication/',
    rotation: {
      url: 'https://cloud.livekit.io/projects/p_/settings/keys',
      steps: ['Revoke the key on the linked page (or take it out of `keys` of your server).', 'Check rooms and recordings since the leak.'],
    },
    examples: {
      matches: [(sample) => `LIVEKIT_API_SECRET=${sample.alnum(43)}`, (sample) => `livekit: { apiSecret: "${sample.alnum(44)}" }`],
      misses: [
        (sample) => `LIVEKIT_API_KEY=API${sample.alnum(12)}`,
        () => 'LIVEKIT_API_SECRET=secret',
        () => `LIVEKIT_API_SECRET=${'x'.repeat(43)}`,
      ],
    },
  },
  {
    id: 'zego-server-secret',
    title: 'ZEGOCLOUD server secret',
    provider: 'ZEGOCLOUD',
    severity: 'high',
    precision: 'contextual',
    keywords: ['zego'],
    expression: assigned(['zego[\\w.\\-]{0,20}?(?:secret|sign|token)'], '[0-9a-f]{32}(?:[0-9a-f]{32})?'),
    minEntropy: 3,
    source: 'https://www.zegocloud.com/docs/video-call/token',
    rotation: {
      url: 'https://console.zegocloud.com/',
      steps: ['Reset the server secret of the project.', 'Check minutes used since the leak.'],
    },
    examples: {
      matches: [(sample) => `ZEGO_SERVER_SECRET=${sample.hex(32)}`, (sample) => `zegoAppSign = "${sample.hex(64)}"`],
      misses: [(sample) => `ZEGO_APP_ID=${sample.digits(10)}`, () => 'ZEGO_SERVER_SECRET=your_secret'],
    },
  },
  {
    id: 'courier-auth-token',
    title: 'Courier authorization token',
    provider: 'Courier',
    severity: 'high',
    precision: 'exact',
    keywords: ['pk_prod_', 'dk_prod_'],
    expression: token('[pd]k_prod_[A-Z0-9]{28}'),
    minEntropy: 3.5,
    source: 'https://www.courier.com/docs/reference/get-started/',
    rotation: {
      url: 'https://app.courier.com/settings/api-keys',
      steps: ['Rotate the key on the linked page.', 'Check messages sent since the leak.'],
    },
    examples: {
      matches: [
        (sample) => `COURIER_AUTH_TOKEN=pk_prod_${sample.upper(28)}`,
        (sample) => `authorizationToken: "dk_prod_${sample.upper(28)}"`,
      ],
      misses: [(sample) => `pk_prod_${sample.upper(8)}`, () => `pk_prod_${'X'.repeat(28)}`],
    },
  },
  {
    id: 'lark-app-secret',
    title: 'Lark (Feishu) app secret',
    provider: 'Lark',
    severity: 'high',
    precision: 'contextual',
    keywords: ['lark', 'feishu'],
    expression: assigned([`(?:(?<![A-Za-z])lark|feishu)${near}secret`], '[A-Za-z0-9]{32}'),
    minEntropy: 3.8,
    source: 'https://open.larksuite.com/document/server-docs/api-call-guide/terminology',
    rotation: {
      url: 'https://open.larksuite.com/app',
      steps: [
        'Reset the secret on the page "Credentials & Basic Info" of the app.',
        'Check messages, documents and contacts that its scopes opened.',
      ],
    },
    examples: {
      matches: [(sample) => `LARK_APP_SECRET=${sample.alnum(32)}`, (sample) => `feishu: { appSecret: "${sample.alnum(32)}" }`],
      misses: [(sample) => `LARK_APP_ID=cli_${sample.lower(16)}`, () => `LARK_APP_SECRET=${'x'.repeat(32)}`, () => 'skylark_secret=none'],
    },
  },
  {
    id: 'sinch-api-token',
    title: 'Sinch API token or application secret',
    provider: 'Sinch',
    severity: 'high',
    precision: 'contextual',
    keywords: ['sinch'],
    expression: assigned([`(?<![A-Za-z])sinch${near}(?:token|secret)`], '[0-9a-f]{32}|[A-Za-z0-9+/]{22}==|[A-Za-z0-9~_.-]{26,34}'),
    minEntropy: 3,
    source: 'https://developers.sinch.com/docs/sms/api-reference/authentication/',
    rotation: {
      url: 'https://dashboard.sinch.com/settings/access-keys',
      steps: [
        'Delete the access key (or rotate the token of the service plan) on the linked page.',
        'Check messages and calls since the leak.',
      ],
    },
    examples: {
      matches: [(sample) => `SINCH_API_TOKEN=${sample.hex(32)}`, (sample) => `sinch: { applicationSecret: "${sample.alnum(22)}==" }`],
      misses: [() => 'SINCH_API_TOKEN=YOUR_API_token', () => `SINCH_API_TOKEN=${'0'.repeat(32)}`, () => 'sinch_token={{SINCH_TOKEN}}'],
    },
  },
];
