import { assigned, credentialsOf, token } from './forms.ts';
import type { Rule } from './rule.ts';

const near = '[\\w.\\-({,:"\' ]{0,24}?';
const uuid = '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}';

/** Planning, documents, files and forms: tools with one kind of token each. */
export const rules: readonly Rule[] = [
  {
    id: 'miro-access-token',
    title: 'Miro access token',
    provider: 'Miro',
    severity: 'medium',
    precision: 'contextual',
    keywords: ['miro_', 'miro.', 'miro-', 'miroapi', 'miroaccess'],
    expression: assigned(['(?<![A-Za-z])miro(?:[_.-]|api|access)[\\w.\\-]{0,20}?(?:token|secret)'], '[A-Za-z0-9_-]{27}|[A-Za-z0-9]{32}'),
    minEntropy: 3.6,
    source: 'https://developers.miro.com/docs/getting-started-with-oauth',
    rotation: {
      url: 'https://miro.com/app/settings/user-profile/apps',
      steps: [
        'Revoke the token (`POST https://api.miro.com/v1/oauth/revoke`) or uninstall the app.',
        'Check boards for changes since the leak.',
      ],
    },
    examples: {
      matches: [(sample) => `MIRO_ACCESS_TOKEN=${sample.base64url(26)}x`, (sample) => `miro.clientSecret = "${sample.alnum(32)}"`],
      misses: [() => 'MIRO_ACCESS_TOKEN=<token>', () => `MIRO_ACCESS_TOKEN=${'x'.repeat(27)}`],
    },
  },
  {
    id: 'monday-api-token',
    title: 'monday.com API token',
    provider: 'monday.com',
    severity: 'high',
    precision: 'contextual',
    keywords: ['monday'],
    expression:
      /monday[^\r\n]{0,48}?(?<![A-Za-z0-9_])(?<secret>eyJ[A-Za-z0-9_-]{10,120}\.eyJ[A-Za-z0-9_-]{60,320}\.[A-Za-z0-9_-]{43})(?![A-Za-z0-9_-])/i,
    reach: 640,
    minEntropy: 4.3,
    source: 'https://developer.monday.com/api-reference/docs/authentication',
    rotation: {
      url: 'https://support.monday.com/hc/en-us/articles/360005144659-Does-monday-com-have-an-API',
      steps: [
        'Regenerate the personal token in the developer center; the old one stops at once.',
        'Check the activity log of boards since the leak.',
      ],
    },
    examples: {
      matches: [
        (sample) => `MONDAY_API_TOKEN=eyJ${sample.base64url(17)}.eyJ${sample.base64url(150)}.${sample.base64url(43)}`,
        (sample) => `monday.setToken("eyJ${sample.base64url(17)}.eyJ${sample.base64url(180)}.${sample.base64url(43)}")`,
      ],
      misses: [() => 'MONDAY_API_TOKEN=eyJhbGciOi...', (sample) => `on monday we saw eyJ${sample.alnum(10)}`],
    },
  },
  {
    id: 'box-credential',
    title: 'Box client secret or developer token',
    provider: 'Box',
    severity: 'high',
    precision: 'contextual',
    keywords: ['box_client', 'box_developer', 'box_access', 'boxclient', 'boxappsettings', 'box_api', 'box.client'],
    expression: assigned(
      [
        '(?<![A-Za-z])box(?:_client|_developer|_access|client|_api|\\.client)[\\w.\\-]{0,16}?(?:secret|token)',
        'boxappsettings[^\\r\\n]{0,80}?clientsecret',
      ],
      '[A-Za-z0-9]{32}',
    ),
    minEntropy: 3.8,
    source: 'https://developer.box.com/guides/authentication/',
    rotation: {
      url: 'https://app.box.com/developers/console',
      steps: [
        'Reset the client secret (or revoke the developer token) on the page "Configuration" of the app.',
        'Check the events of the enterprise for files read or shared.',
      ],
    },
    examples: {
      matches: [
        (sample) => `BOX_CLIENT_SECRET=${sample.alnum(32)}`,
        (sample) => `{"boxAppSettings":{"clientID":"x","clientSecret":"${sample.alnum(32)}"}}`,
      ],
      misses: [
        (sample) => `BOX_CLIENT_ID=${sample.lower(32)}`,
        () => 'BOX_DEVELOPER_TOKEN=your-token',
        () => `BOX_CLIENT_SECRET=${'x'.repeat(32)}`,
      ],
    },
  },
  {
    id: 'canva-client-secret',
    title: 'Canva client secret',
    provider: 'Canva',
    severity: 'high',
    precision: 'exact',
    keywords: ['cnvca'],
    expression: token('cnvca[A-Za-z0-9_-]{51}(?!-)'),
    minEntropy: 4,
    source: 'https://www.canva.dev/docs/connect/authentication/',
    rotation: {
      url: 'https://www.canva.com/developers/integrations',
      steps: ['Generate a new secret for the integration; the old one stops at once.', 'Check the redirect addresses of the integration.'],
    },
    examples: {
      matches: [
        (sample) => `CANVA_CLIENT_SECRET=cnvca${sample.base64url(50)}x`,
        (sample) => `clientSecret: "cnvca${sample.base64url(50)}x"`,
      ],
      misses: [() => 'CANVA_CLIENT_SECRET=cnvca...', (sample) => `cnvca${sample.alnum(12)}`, () => `cnvca${'x'.repeat(51)}`],
    },
  },
  {
    id: 'typeform-access-token',
    title: 'Typeform personal access token',
    provider: 'Typeform',
    severity: 'high',
    precision: 'exact',
    keywords: ['tfp_'],
    expression: token('tfp_[A-Za-z0-9_.=-]{40,60}(?![=.-])'),
    minEntropy: 4,
    source: 'https://www.typeform.com/developers/get-started/personal-access-token/',
    rotation: {
      url: 'https://admin.typeform.com/user/tokens',
      steps: [
        'Delete the token on the linked page.',
        'Treat responses that it could read as seen.',
        'Create a token with the least scopes.',
      ],
    },
    examples: {
      matches: [
        (sample) => `TYPEFORM_TOKEN=tfp_${sample.alnum(44)}_${sample.alnum(14)}`,
        (sample) => `createClient({ token: 'tfp_${sample.alnum(59)}' })`,
      ],
      misses: [() => 'TYPEFORM_TOKEN=tfp_xxx', (sample) => `tfp_${sample.alnum(10)}`, () => `tfp_${'x'.repeat(59)}`],
    },
  },
  {
    id: 'calendly-access-token',
    title: 'Calendly access token',
    provider: 'Calendly',
    severity: 'medium',
    precision: 'contextual',
    keywords: ['calendly'],
    expression:
      /calendly[^\r\n]{0,48}?(?<![A-Za-z0-9_])(?<secret>eyJ[A-Za-z0-9_-]{10,160}\.eyJ[A-Za-z0-9_-]{100,400}\.[A-Za-z0-9_-]{60,120})(?![A-Za-z0-9_-])/i,
    reach: 800,
    minEntropy: 4.3,
    source: 'https://developer.calendly.com/how-to-authenticate-with-personal-access-tokens',
    rotation: {
      url: 'https://calendly.com/integrations/api_webhooks',
      steps: ['Revoke the token on the linked page.', 'Treat names and addresses of invitees as seen.'],
    },
    examples: {
      matches: [
        (sample) => `CALENDLY_TOKEN=eyJ${sample.base64url(60)}.eyJ${sample.base64url(250)}.${sample.base64url(86)}`,
        (sample) => `calendly: { token: "eyJ${sample.base64url(60)}.eyJ${sample.base64url(200)}.${sample.base64url(86)}" }`,
      ],
      misses: [() => 'CALENDLY_TOKEN=eyJ...', (sample) => `CALENDLY_EVENT=${sample.uuid()}`],
    },
  },
  {
    id: 'todoist-api-token',
    title: 'Todoist API token',
    provider: 'Todoist',
    severity: 'medium',
    precision: 'contextual',
    keywords: ['todoist'],
    expression: assigned([...credentialsOf('todoist'), 'TodoistAPI'], '[0-9a-f]{40}'),
    minEntropy: 3,
    source: 'https://developer.todoist.com/api/v1/#tag/Authorization',
    rotation: {
      url: 'https://app.todoist.com/app/settings/integrations/developer',
      steps: ['Issue a new API token on the linked page; the old one stops at once.'],
    },
    examples: {
      matches: [(sample) => `TODOIST_API_TOKEN=${sample.hex(40)}`, (sample) => `api = TodoistAPI("${sample.hex(40)}")`],
      misses: [() => 'TODOIST_API_TOKEN=0123', (sample) => `todoist_commit: ${sample.hex(40)}`],
    },
  },
  {
    id: 'shortcut-api-token',
    title: 'Shortcut API token',
    provider: 'Shortcut',
    severity: 'medium',
    precision: 'contextual',
    keywords: ['shortcut_', 'shortcut-', 'clubhouse_', 'clubhouse-'],
    expression: assigned(['(?:shortcut|clubhouse)[_-](?:api[_-]?)?token'], uuid),
    minEntropy: 3,
    source: 'https://developer.shortcut.com/api/rest/v3#Authentication',
    rotation: {
      url: 'https://app.shortcut.com/settings/account/api-tokens',
      steps: ['Delete the token on the linked page.', 'Check stories and iterations since the leak.'],
    },
    examples: {
      matches: [(sample) => `SHORTCUT_API_TOKEN=${sample.uuid()}`, (sample) => `curl -H "Shortcut-Token: ${sample.uuid()}"`],
      misses: [() => 'SHORTCUT_API_TOKEN=your-token', (sample) => `SHORTCUT_STORY=${sample.uuid()}`],
    },
  },
  {
    id: 'smartsheet-access-token',
    title: 'Smartsheet access token',
    provider: 'Smartsheet',
    severity: 'high',
    precision: 'contextual',
    keywords: ['smartsheet'],
    expression: assigned(credentialsOf('smartsheet'), '(?:[A-Za-z0-9]{37}|[a-z0-9]{26})'),
    minEntropy: 3.5,
    source: 'https://developers.smartsheet.com/api/smartsheet/guides/basics/authentication',
    rotation: {
      url: 'https://help.smartsheet.com/articles/2482389-generate-API-key',
      steps: ['Revoke the token under Account > Apps & Integrations > API Access.', 'Check the activity log of sheets since the leak.'],
    },
    examples: {
      matches: [
        (sample) => `SMARTSHEET_ACCESS_TOKEN=${sample.alnum(37)}`,
        (sample) => `smartsheet.Smartsheet(access_token="${sample.lower(26)}")`,
      ],
      misses: [() => 'SMARTSHEET_ACCESS_TOKEN=<token>', () => `SMARTSHEET_ACCESS_TOKEN=${'x'.repeat(37)}`],
    },
  },
  {
    id: 'zoom-client-secret',
    title: 'Zoom client secret',
    provider: 'Zoom',
    severity: 'high',
    precision: 'contextual',
    keywords: ['zoom_', 'zoom-', 'zoom.', 'zoom:', 'zoom":', 'zoomclient', 'zoomapi', 'zoomsdk'],
    expression: assigned([`(?<![A-Za-z])zoom(?=[_\\-.:"]|client|api|sdk)${near}secret`], '[A-Za-z0-9]{32,36}'),
    minEntropy: 3.8,
    source: 'https://developers.zoom.us/docs/internal-apps/s2s-oauth/',
    rotation: {
      url: 'https://marketplace.zoom.us/user/build',
      steps: ['Regenerate the secret on the page "App Credentials" of the app.', 'Check meetings, recordings and users since the leak.'],
    },
    examples: {
      matches: [(sample) => `ZOOM_CLIENT_SECRET=${sample.alnum(32)}`, (sample) => `zoom: { apiSecret: "${sample.alnum(36)}" }`],
      misses: [
        (sample) => `ZOOM_CLIENT_ID=${sample.alnum(22)}`,
        () => 'ZOOM_CLIENT_SECRET=your-client-secret',
        () => `ZOOM_CLIENT_SECRET=${'x'.repeat(32)}`,
      ],
    },
  },
  {
    id: 'cal-com-api-key',
    title: 'Cal.com API key',
    provider: 'Cal.com',
    severity: 'medium',
    precision: 'exact',
    keywords: ['cal_live_'],
    expression: token('cal_live_[0-9a-f]{32}'),
    minEntropy: 3,
    source: 'https://cal.com/docs/api-reference/v1/introduction',
    rotation: {
      url: 'https://app.cal.com/settings/developer/api-keys',
      steps: ['Revoke the key on the linked page.', 'Treat bookings and attendees as seen.'],
    },
    examples: {
      matches: [
        (sample) => `CAL_API_KEY=cal_live_${sample.hex(32)}`,
        (sample) => `https://api.cal.com/v1/bookings?apiKey=cal_live_${sample.hex(32)}`,
      ],
      misses: [() => 'CAL_API_KEY=cal_live_xxxxxx', (sample) => `cal_live_${sample.hex(8)}`],
    },
  },
  {
    id: 'readme-api-key',
    title: 'ReadMe API key',
    provider: 'ReadMe',
    severity: 'high',
    precision: 'exact',
    keywords: ['rdme_'],
    expression: token('rdme_[a-z0-9]{70}'),
    minEntropy: 3.8,
    source: 'https://docs.readme.com/main/reference/intro/authentication',
    rotation: {
      url: 'https://dash.readme.com/go/reference',
      steps: [
        'Delete the key under Configuration > API Keys of the project.',
        'Check the documentation for changes: it is trusted by your users.',
      ],
    },
    examples: {
      matches: [(sample) => `README_API_KEY=rdme_xn${sample.lower(68)}`, (sample) => `rdme openapi --key rdme_xn${sample.lower(68)}`],
      misses: [() => 'README_API_KEY=rdme_xxx', (sample) => `rdme_${sample.lower(12)}`, () => `rdme_${'x'.repeat(70)}`],
    },
  },
  {
    id: 'beamer-api-key',
    title: 'Beamer API key',
    provider: 'Beamer',
    severity: 'medium',
    precision: 'contextual',
    keywords: ['beamer'],
    expression: /beamer[^\r\n]{0,48}?(?<![A-Za-z0-9_])(?<secret>b_[A-Za-z0-9=_/+-]{44,46})(?![A-Za-z0-9_])/i,
    minEntropy: 4,
    source: 'https://www.getbeamer.com/api',
    rotation: {
      url: 'https://app.getbeamer.com/settings#api',
      steps: ['Delete the key on the linked page.', 'Check announcements since the leak: they show inside your product.'],
    },
    examples: {
      matches: [(sample) => `BEAMER_API_KEY=b_${sample.alnum(44)}`, (sample) => `"Beamer-Api-Key": "b_${sample.alnum(44)}"`],
      misses: [() => 'BEAMER_API_KEY=b_xxx', (sample) => `BEAMER_API_KEY=b_${sample.alnum(8)}`],
    },
  },
  {
    id: 'wakatime-api-key',
    title: 'WakaTime API key',
    provider: 'WakaTime',
    severity: 'low',
    precision: 'exact',
    keywords: ['waka_'],
    expression: token(`waka_${uuid}`),
    minEntropy: 3,
    source: 'https://wakatime.com/developers#authentication',
    rotation: {
      url: 'https://wakatime.com/settings/api-key',
      steps: ['Refresh the key on the linked page and set it in your editors.'],
    },
    examples: {
      matches: [(sample) => `WAKATIME_API_KEY=waka_${sample.uuid()}`, (sample) => `api_key = waka_${sample.uuid()}`],
      misses: [() => 'api_key = waka_xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx', () => 'waka_00000000-0000-0000-0000-000000000000'],
    },
  },
];
