import { assigned, credentialsOf, token } from './forms.ts';
import type { Rule } from './rule.ts';

const near = '[\\w.\\-({,:"\' ]{0,24}?';

/** Sign-in and directory services with one kind of secret each. */
export const rules: readonly Rule[] = [
  {
    id: 'auth0-client-secret',
    title: 'Auth0 client secret',
    provider: 'Auth0',
    severity: 'high',
    precision: 'contextual',
    keywords: ['auth0'],
    expression: assigned([`auth0${near}secret`], '[A-Za-z0-9_-]{64}'),
    minEntropy: 4.2,
    source: 'https://auth0.com/docs/get-started/applications/rotate-client-secret',
    rotation: {
      url: 'https://auth0.com/docs/get-started/applications/rotate-client-secret',
      steps: [
        'Rotate the secret in the settings of the application; the old one stops at once.',
        'Check the tenant logs for tokens issued to it, above all for the Management API.',
      ],
    },
    examples: {
      matches: [
        (sample) => `AUTH0_CLIENT_SECRET=${sample.base64url(63)}x`,
        (sample) => `auth0: { clientSecret: "${sample.base64url(63)}x" }`,
      ],
      misses: [
        (sample) => `AUTH0_CLIENT_ID=${sample.alnum(32)}`,
        () => "AUTH0_CLIENT_SECRET='YOUR_CLIENT_SECRET'",
        () => `AUTH0_SECRET=${'x'.repeat(64)}`,
      ],
    },
  },
  {
    id: 'workos-api-key',
    title: 'WorkOS API key',
    provider: 'WorkOS',
    severity: 'critical',
    precision: 'exact',
    // Base64 of `key_`.
    keywords: ['sk_live_a2V5X', 'sk_test_a2V5X'],
    expression: token('sk_(?:live|test)_a2V5X[A-Za-z0-9+/_-]{40,110}={0,2}'),
    minEntropy: 4,
    isValid: (secret) => /^key_[0-9A-HJKMNP-TV-Z]{26},/.test(Buffer.from(secret.slice('sk_live_'.length), 'base64').toString('latin1')),
    source: 'https://workos.com/docs/reference/api-keys',
    rotation: {
      url: 'https://dashboard.workos.com/api-keys',
      steps: [
        'Create a new key on the linked page, switch to it and expire the leaked one.',
        'Check connections, directories and users since the leak.',
      ],
    },
    examples: {
      matches: [
        (sample) =>
          `WORKOS_API_KEY=sk_live_${Buffer.from(`key_${sample.from('0123456789ABCDEFGHJKMNPQRSTVWXYZ', 26)},${sample.alnum(25)}`).toString('base64')}`,
        (sample) =>
          `new WorkOS("sk_test_${Buffer.from(`key_${sample.from('0123456789ABCDEFGHJKMNPQRSTVWXYZ', 26)},${sample.alnum(25)}`).toString('base64')}")`,
      ],
      misses: [(sample) => `sk_live_a2V5X${sample.alnum(60)}`, () => 'WORKOS_API_KEY=sk_live_your_key'],
    },
  },
  {
    id: 'stytch-secret',
    title: 'Stytch project secret',
    provider: 'Stytch',
    severity: 'critical',
    precision: 'exact',
    keywords: ['secret-live-', 'secret-test-'],
    expression: token('secret-(?:live|test)-[A-Za-z0-9_-]{35}='),
    minEntropy: 4,
    source: 'https://stytch.com/docs/resources/workspace-management/secrets',
    rotation: {
      url: 'https://stytch.com/dashboard/api-keys',
      steps: [
        'Start the rotation of the secret on the linked page, switch to the new one and finish the rotation.',
        'Check users and sessions since the leak.',
      ],
    },
    examples: {
      matches: [
        (sample) => `STYTCH_SECRET=secret-live-${sample.base64url(35)}=`,
        (sample) => `secret: "secret-test-${sample.base64url(35)}="`,
      ],
      misses: [() => 'STYTCH_SECRET=secret-live-xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx=', () => "override('secret-live-key')"],
    },
  },
  {
    id: 'fusionauth-api-key',
    title: 'FusionAuth API key',
    provider: 'FusionAuth',
    severity: 'critical',
    precision: 'contextual',
    keywords: ['fusionauth', 'fusion_auth'],
    expression: assigned(credentialsOf('fusion_?auth'), '[A-Za-z0-9_-]{60,72}|[A-Za-z0-9_-]{43}'),
    minEntropy: 4.2,
    source: 'https://fusionauth.io/docs/apis/authentication#api-key-authentication',
    rotation: {
      url: 'https://fusionauth.io/docs/apis/authentication#managing-api-keys',
      steps: [
        'Delete the key under Settings > API Keys.',
        'Check the audit log for users and applications that were changed.',
        'Create a key with only the endpoints that are needed.',
      ],
    },
    examples: {
      matches: [
        (sample) => `FUSIONAUTH_API_KEY=${sample.base64url(63)}x`,
        (sample) => `fusionauth: { apiKey: '${sample.base64url(42)}x' }`,
      ],
      misses: [
        (sample) => `FUSIONAUTH_APPLICATION_ID=${sample.uuid()}`,
        () => 'FUSIONAUTH_API_KEY=your-api-key',
        () => `FUSIONAUTH_API_KEY=${'x'.repeat(64)}`,
      ],
    },
  },
  {
    id: 'keycloak-client-secret',
    title: 'Keycloak client secret',
    provider: 'Keycloak',
    severity: 'high',
    precision: 'contextual',
    keywords: ['keycloak', 'kc_client'],
    expression: assigned(
      [`(?:keycloak|kc_client)${near}secret`],
      '[A-Za-z0-9]{32}|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}',
    ),
    minEntropy: 3.2,
    source: 'https://www.keycloak.org/docs/latest/server_admin/#_client-credentials',
    rotation: {
      url: 'https://www.keycloak.org/docs/latest/server_admin/#_secret_rotation',
      steps: [
        'Regenerate the secret on the page "Credentials" of the client.',
        'Check the events of the realm for tokens issued to it; revoke sessions if in doubt.',
      ],
    },
    examples: {
      matches: [(sample) => `KEYCLOAK_CLIENT_SECRET=${sample.alnum(32)}`, (sample) => `keycloak.credentials.secret=${sample.uuid()}`],
      misses: [
        () => 'KEYCLOAK_CLIENT_SECRET=**********',
        () => `KEYCLOAK_CLIENT_SECRET=${'x'.repeat(32)}`,
        (sample) => `KEYCLOAK_CLIENT_ID=${sample.uuid()}`,
      ],
    },
  },
  {
    id: 'onelogin-client-secret',
    title: 'OneLogin client secret',
    provider: 'OneLogin',
    severity: 'high',
    precision: 'contextual',
    keywords: ['onelogin', 'one_login'],
    expression: assigned([`one_?login${near}secret`], '[0-9a-f]{64}'),
    minEntropy: 3.2,
    source: 'https://developers.onelogin.com/api-docs/2/getting-started/working-with-api-credentials',
    rotation: {
      url: 'https://developers.onelogin.com/api-docs/2/getting-started/working-with-api-credentials',
      steps: [
        'Delete the API credential under Developers > API Credentials and create a new one with a smaller scope.',
        'Check the events for changes to users and apps.',
      ],
    },
    examples: {
      matches: [(sample) => `ONELOGIN_CLIENT_SECRET=${sample.hex(64)}`, (sample) => `onelogin: { secret: "${sample.hex(64)}" }`],
      misses: [
        (sample) => `ONELOGIN_CLIENT_ID=${sample.hex(64)}`,
        () => 'ONELOGIN_CLIENT_SECRET=secret',
        () => `ONELOGIN_CLIENT_SECRET=${'0'.repeat(64)}`,
      ],
    },
  },
  {
    id: 'duo-secret-key',
    title: 'Duo secret key',
    provider: 'Duo',
    severity: 'critical',
    precision: 'contextual',
    keywords: ['duo_', 'duo.', 'duo-', 'skey'],
    expression: assigned(['(?<![A-Za-z])duo[_.-][\\w.\\-]{0,16}?(?:secret|skey)', '(?<![A-Za-z])skey'], '[A-Za-z0-9]{40}'),
    minEntropy: 4.2,
    source: 'https://duo.com/docs/protecting-applications',
    rotation: {
      url: 'https://admin.duosecurity.com/applications',
      steps: [
        'Reset the secret key of the application on the linked page and set it where it is used.',
        'For the Admin API: check administrators, users and phones for changes.',
      ],
    },
    examples: {
      matches: [(sample) => `DUO_SECRET_KEY=${sample.alnum(40)}`, (sample) => `skey=${sample.alnum(40)}`],
      misses: [(sample) => `DUO_INTEGRATION_KEY=DI${sample.upper(18)}`, () => 'skey = your-secret-key', () => `DUO_SKEY=${'x'.repeat(40)}`],
    },
  },
  {
    id: 'jumpcloud-api-key',
    title: 'JumpCloud API key',
    provider: 'JumpCloud',
    severity: 'critical',
    precision: 'contextual',
    keywords: ['jumpcloud'],
    expression: assigned(credentialsOf('jumpcloud'), 'jca_[A-Za-z0-9]{36}|[0-9a-f]{40}'),
    minEntropy: 3,
    source: 'https://docs.jumpcloud.com/api/1.0/index.html#section/Authentication',
    rotation: {
      url: 'https://console.jumpcloud.com/',
      steps: [
        'Generate a new API key in the menu of the administrator; the old one stops at once.',
        'Check Directory Insights for commands, users and systems changed since the leak.',
      ],
    },
    examples: {
      matches: [(sample) => `JUMPCLOUD_API_KEY=${sample.hex(40)}`, (sample) => `jumpcloud_api_key: "jca_${sample.alnum(36)}"`],
      misses: [() => 'JUMPCLOUD_API_KEY=your-api-key', (sample) => `uses: jumpcloud/setup-action@${sample.hex(40)}`],
    },
  },
  {
    id: 'onfido-api-token',
    title: 'Onfido live API token',
    provider: 'Onfido',
    severity: 'critical',
    precision: 'exact',
    keywords: ['api_live.', 'api_live_us.', 'api_live_ca.'],
    expression: token('api_live(?:_us|_ca)?\\.[A-Za-z0-9_-]{8,20}\\.[A-Za-z0-9_-]{24,64}(?!-)'),
    minEntropy: 4,
    source: 'https://documentation.onfido.com/api/latest/#api-tokens',
    rotation: {
      url: 'https://dashboard.onfido.com/api/tokens',
      steps: [
        'Generate a new token, switch to it and revoke the leaked one on the linked page.',
        'Treat documents and pictures of applicants as exposed and follow your duty to report.',
      ],
    },
    examples: {
      matches: [
        (sample) => `ONFIDO_API_TOKEN=api_live.${sample.base64url(10)}x.${sample.base64url(31)}x`,
        (sample) => `Authorization: Token token=api_live_us.${sample.base64url(10)}x.${sample.base64url(31)}x`,
      ],
      misses: [
        () => 'ONFIDO_API_TOKEN=api_live.xxxx',
        () => 'api_live.getConfigurationFromServer()',
        () => `api_live.${'x'.repeat(11)}.${'x'.repeat(32)}`,
      ],
    },
  },
  {
    id: 'persona-api-key',
    title: 'Persona production API key',
    provider: 'Persona',
    severity: 'critical',
    precision: 'exact',
    keywords: ['persona_production_'],
    expression: token('persona_production_[0-9a-z-]{30,60}(?!-)'),
    minEntropy: 3,
    source: 'https://docs.withpersona.com/docs/api-keys',
    rotation: {
      url: 'https://app.withpersona.com/dashboard/api-keys',
      steps: [
        'Expire the key on the linked page and create a new one.',
        'Treat inquiries and documents as exposed and follow your duty to report.',
      ],
    },
    examples: {
      matches: [
        (sample) => `PERSONA_API_KEY=persona_production_${sample.uuid()}`,
        (sample) => `Authorization: Bearer persona_production_${sample.lower(36)}`,
      ],
      misses: [
        () => 'PERSONA_API_KEY=persona_production_...',
        (sample) => `persona_production_${sample.lower(8)}`,
        () => `persona_production_${'x'.repeat(36)}`,
      ],
    },
  },
];
