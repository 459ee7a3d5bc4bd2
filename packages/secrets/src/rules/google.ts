import { assigned, token } from './forms.ts';
import type { Rule } from './rule.ts';

export const rules: readonly Rule[] = [
  {
    id: 'google-api-key',
    title: 'Google API key',
    provider: 'Google',
    severity: 'medium',
    precision: 'exact',
    keywords: ['AIza'],
    expression: token('AIza[\\w-]{35}'),
    minEntropy: 3.5,
    source: 'https://cloud.google.com/docs/authentication/api-keys',
    rotation: {
      url: 'https://console.cloud.google.com/apis/credentials',
      steps: [
        'Find out which APIs the key may call. A key that a web page or app must hold is no secret, but restrict it to that page or app and those APIs.',
        'Otherwise create a new key, replace it in the clients, delete the old one.',
        'Check the traffic and billing of its project, of the Gemini API first.',
      ],
    },
    examples: {
      matches: [
        (sample) => `GOOGLE_MAPS_KEY=AIza${sample.base64url(35)}`,
        (sample) => `https://maps.googleapis.com/maps/api/js?key=AIza${sample.alnum(35)}&libraries=places`,
        (sample) => `<string name="google_api_key">AIza${sample.base64url(35)}</string>`,
      ],
      misses: [
        () => `GOOGLE_MAPS_KEY=AIza${'x'.repeat(35)}`,
        (sample) => `GOOGLE_MAPS_KEY=AIza${sample.alnum(20)}`,
        (sample) => `data:image/png;base64,${sample.base64(40)}xAIza${sample.alnum(35)}`,
      ],
    },
  },
  {
    id: 'google-gemini-auth-key',
    title: 'Google AI Studio auth key',
    provider: 'Google',
    severity: 'high',
    precision: 'exact',
    keywords: ['AQ.Ab8RN6'],
    expression: token('AQ\\.Ab8RN6[\\w-]{44}'),
    minEntropy: 4,
    source: 'https://ai.google.dev/gemini-api/docs/api-key',
    rotation: {
      url: 'https://aistudio.google.com/api-keys',
      steps: ['Delete the key on the linked page and create a new one.', 'Check the usage and billing of its project.'],
    },
    examples: {
      matches: [
        (sample) => `GEMINI_API_KEY=AQ.Ab8RN6${sample.base64url(44)}`,
        (sample) => `x-goog-api-key: AQ.Ab8RN6${sample.base64url(44)}`,
      ],
      misses: [(sample) => `GEMINI_API_KEY=AQ.Ab8RN6${sample.base64url(10)}`, () => `GEMINI_API_KEY=AQ.Ab8RN6${'x'.repeat(44)}`],
    },
  },
  {
    id: 'google-oauth-client-secret',
    title: 'Google OAuth client secret',
    provider: 'Google',
    severity: 'high',
    precision: 'exact',
    keywords: ['GOCSPX-'],
    expression: token('GOCSPX-[\\w-]{28}'),
    minEntropy: 3.5,
    source: 'https://developers.google.com/identity/protocols/oauth2',
    rotation: {
      url: 'https://console.cloud.google.com/auth/clients',
      steps: [
        'Open the client on the linked page, add a second secret, replace the old one in the application, then disable and delete it.',
        'Remember that refresh tokens issued before stay valid: revoke those that may have leaked with it.',
      ],
    },
    examples: {
      matches: [
        (sample) => `"client_secret":"GOCSPX-${sample.base64url(28)}"`,
        (sample) => `GOOGLE_CLIENT_SECRET=GOCSPX-${sample.base64url(28)}`,
      ],
      misses: [
        () => `GOOGLE_CLIENT_SECRET=GOCSPX-${'x'.repeat(28)}`,
        () => 'GOOGLE_CLIENT_SECRET=GOCSPX-your-client-secret',
        (sample) => `GOCSPX-${sample.alnum(40)}`,
      ],
    },
  },
  {
    id: 'google-oauth-refresh-token',
    title: 'Google OAuth refresh token',
    provider: 'Google',
    severity: 'high',
    precision: 'exact',
    keywords: ['1//0'],
    expression: token('1//0[0-9a-zA-Z][\\w-]{60,250}'),
    minEntropy: 4.2,
    source: 'https://developers.google.com/identity/protocols/oauth2#size',
    rotation: {
      url: 'https://myaccount.google.com/connections',
      steps: [
        'Remove the access of the application on the linked page, or post the token to https://oauth2.googleapis.com/revoke.',
        'Replace the client secret too if it leaked beside the token.',
      ],
    },
    examples: {
      matches: [
        (sample) => `"refresh_token": "1//0e${sample.base64url(97)}"`,
        (sample) => `GOOGLE_REFRESH_TOKEN=1//03${sample.base64url(97)}`,
      ],
      misses: [
        (sample) => `refresh_token=1//0e${sample.base64url(20)}`,
        () => `refresh_token=1//0e${'x'.repeat(97)}`,
        () => 'const half = 1//0x10;',
      ],
    },
  },
  {
    id: 'google-oauth-access-token',
    title: 'Google OAuth access token',
    provider: 'Google',
    severity: 'low',
    precision: 'exact',
    keywords: ['ya29.'],
    expression: token('ya29\\.[\\w-]{44,1500}'),
    reach: 1600,
    minEntropy: 4,
    source: 'https://developers.google.com/identity/protocols/oauth2#size',
    rotation: {
      url: 'https://myaccount.google.com/connections',
      steps: [
        'The token ends within the hour; post it to https://oauth2.googleapis.com/revoke if it may still live.',
        'Look for the refresh token it came from.',
      ],
    },
    examples: {
      matches: [
        (sample) => `"access_token": "ya29.a0${sample.base64url(200)}"`,
        (sample) => `Authorization: Bearer ya29.${sample.base64url(300)}`,
      ],
      misses: [() => `access_token=ya29.${'x'.repeat(90)}`, () => 'access_token=ya29.a0Af...', (sample) => `ya29.${sample.base64url(20)}`],
    },
  },
  {
    id: 'google-recaptcha-secret',
    title: 'Google reCAPTCHA secret key',
    provider: 'Google',
    severity: 'medium',
    precision: 'contextual',
    keywords: ['recaptcha'],
    expression: assigned(['recaptcha[\\w.\\-]{0,20}?(?:[:=>\\[({,"\' \\t]{1,8}[\\w.\\-]{0,16}?){0,2}?(?:secret|private)'], '6L[\\w-]{38}'),
    minEntropy: 3.5,
    // The pair that Google publishes for tests.
    notSecrets: [/^6LeIxAcTAAAAA/],
    source: 'https://developers.google.com/recaptcha/docs/verify',
    rotation: {
      url: 'https://www.google.com/recaptcha/admin',
      steps: ['Register the site anew on the linked page and replace both of its keys: a secret key cannot be changed.'],
    },
    examples: {
      matches: [
        (sample) => `RECAPTCHA_SECRET_KEY=6Lc${sample.base64url(37)}`,
        (sample) => `recaptcha: { private_key: '6Ld${sample.base64url(37)}' }`,
      ],
      misses: [
        (sample) => `RECAPTCHA_SITE_KEY=6Lc${sample.base64url(37)}`,
        (sample) => `RECAPTCHA_SECRET_KEY=6LeIxAcTAAAAA${sample.base64url(27)}`,
      ],
    },
  },
  {
    id: 'google-fcm-server-key',
    title: 'Firebase Cloud Messaging server key (legacy)',
    provider: 'Google',
    severity: 'low',
    precision: 'exact',
    keywords: [':APA91b'],
    lookBehind: 11,
    expression: token('AAAA[\\w-]{7}:APA91b[\\w-]{134}'),
    minEntropy: 4,
    source: 'https://firebase.google.com/docs/cloud-messaging/migrate-v1',
    rotation: {
      url: 'https://console.firebase.google.com/project/_/settings/cloudmessaging',
      steps: [
        'Google has switched the legacy API off; disable it for the project all the same, which voids the key.',
        'Use the HTTP v1 API with a service account.',
      ],
    },
    examples: {
      matches: [
        (sample) => `Authorization: key=AAAA${sample.base64url(7)}:APA91b${sample.base64url(134)}`,
        (sample) => `FCM_SERVER_KEY="AAAA${sample.base64url(7)}:APA91b${sample.base64url(134)}"`,
      ],
      // Registration tokens of devices look alike but begin with an instance id.
      misses: [
        (sample) => `to: ${sample.base64url(22)}:APA91b${sample.base64url(134)}`,
        (sample) => `AAAA${sample.base64url(7)}:APA91b${sample.base64url(30)}`,
      ],
    },
  },
];
