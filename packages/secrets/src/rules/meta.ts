import { assigned } from './forms.ts';
import type { Rule } from './rule.ts';

const rotation = {
  url: 'https://developers.facebook.com/apps/',
  steps: [
    "Invalidate the token: `DELETE /me/permissions` with it, or remove the system user's token in the business settings.",
    'Reset the app secret under App settings > Basic when it leaked too.',
    'Check ad spending, pages, messages and business users since the leak.',
  ],
};

export const rules: readonly Rule[] = [
  {
    id: 'facebook-access-token',
    title: 'Facebook, Instagram or WhatsApp access token',
    provider: 'Meta',
    severity: 'high',
    precision: 'exact',
    keywords: ['EAA'],
    expression: /(?<![A-Za-z0-9_+/-])(?<secret>EAA[A-Za-z0-9]{90,350})(?![A-Za-z0-9_+/=-])/,
    minEntropy: 4.5,
    // Base64 of binary data with runs of zero bytes.
    notSecrets: [/A{6}/],
    source: 'https://developers.facebook.com/docs/facebook-login/guides/access-tokens',
    rotation,
    examples: {
      matches: [
        (sample) => `WHATSAPP_TOKEN=EAA${sample.alnum(180)}ZD`,
        (sample) => `https://graph.facebook.com/v19.0/me?access_token=EAA${sample.alnum(150)}ZDZD&fields=id`,
      ],
      misses: [
        (sample) => `token=EAA${sample.alnum(30)}`,
        () => `EAA${'A'.repeat(150)}`,
        (sample) => `data:;base64,EAA${sample.alnum(100)}/${sample.alnum(80)}==`,
      ],
    },
  },
  {
    id: 'instagram-access-token',
    title: 'Instagram access token',
    provider: 'Meta',
    severity: 'high',
    precision: 'exact',
    keywords: ['IGQ', 'IGAA'],
    expression: /(?<![A-Za-z0-9_+/-])(?<secret>(?:IGQ|IGAA)[A-Za-z0-9_-]{90,300})(?![A-Za-z0-9_+/=-])/,
    minEntropy: 4.5,
    notSecrets: [/A{6}/],
    source: 'https://developers.facebook.com/docs/instagram-platform/overview/#authentication-and-authorization',
    rotation,
    examples: {
      matches: [(sample) => `INSTAGRAM_TOKEN=IGQVJ${sample.alnum(150)}ZD`, (sample) => `access_token: "IGAA${sample.alnum(160)}ZDZD"`],
      misses: [(sample) => `IGQVJ${sample.alnum(20)}`, () => `IGQVJ${'x'.repeat(150)}`],
    },
  },
  {
    id: 'facebook-app-secret',
    title: 'Facebook app secret',
    provider: 'Meta',
    severity: 'high',
    precision: 'contextual',
    keywords: ['facebook', 'fb_', 'fb-', 'fbapp', 'instagram', 'meta_app'],
    expression: assigned(
      ['(?:facebook|fb[_-]|fbapp|instagram|meta_app)[\\w.\\-({,:"\' ]{0,24}?secret', 'facebook[._](?:app[._]?)?key'],
      '[0-9a-f]{32}',
    ),
    minEntropy: 3,
    source: 'https://developers.facebook.com/docs/facebook-login/security',
    rotation: {
      url: 'https://developers.facebook.com/apps/',
      steps: [
        'Reset the app secret under App settings > Basic.',
        'Turn on "Require App Secret", and check the redirect addresses and roles of the app.',
      ],
    },
    examples: {
      matches: [
        (sample) => `FACEBOOK_APP_SECRET=${sample.hex(32)}`,
        (sample) => `facebook: { clientSecret: '${sample.hex(32)}' }`,
        (sample) => `config.facebook.key = "${sample.hex(32)}"`,
      ],
      misses: [
        (sample) => `FACEBOOK_APP_ID=${sample.digits(15)}`,
        () => 'FB_APP_SECRET=your-app-secret',
        () => `FB_APP_SECRET=${'0'.repeat(32)}`,
      ],
    },
  },
  {
    id: 'facebook-app-access-token',
    title: 'Facebook app access token',
    provider: 'Meta',
    severity: 'high',
    precision: 'contextual',
    keywords: ['facebook', 'fb_', 'fb-', 'access_token=', 'instagram', 'whatsapp'],
    expression:
      /(?:facebook|fb[_-]|access_token=|instagram|whatsapp)[^\r\n]{0,64}?(?<![A-Za-z0-9_.-])(?<secret>[0-9]{15,16}(?:\||%7c)[A-Za-z0-9_-]{27})(?![A-Za-z0-9_-])/i,
    minEntropy: 3.8,
    source: 'https://developers.facebook.com/docs/facebook-login/guides/access-tokens#apptokens',
    rotation,
    examples: {
      matches: [
        (sample) => `FACEBOOK_APP_TOKEN=${sample.digits(15)}|${sample.alnum(27)}`,
        (sample) => `https://graph.facebook.com/debug_token?input_token=x&access_token=${sample.digits(16)}%7C${sample.alnum(27)}`,
      ],
      misses: [(sample) => `FACEBOOK_APP_ID=${sample.digits(15)}`, () => 'access_token={app-id}|{app-secret}'],
    },
  },
];
