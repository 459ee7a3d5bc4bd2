import { assigned, credentialsOf, token, uuid } from './forms.ts';
import type { Rule } from './rule.ts';

/** Tools that make, sell and test APIs and apps, with one kind of key each. */
export const rules: readonly Rule[] = [
  {
    id: 'postman-api-key',
    title: 'Postman API key',
    provider: 'Postman',
    severity: 'high',
    precision: 'exact',
    keywords: ['PMAK-'],
    expression: token('PMAK-[0-9a-f]{24}-[0-9a-f]{34}'),
    minEntropy: 3.4,
    source: 'https://learning.postman.com/docs/developer/postman-api/authentication/',
    rotation: {
      url: 'https://go.postman.co/settings/me/api-keys',
      steps: [
        'Delete the key on the linked page.',
        'Remember that collections and environments often hold other secrets: rotate those that the key could read.',
      ],
    },
    examples: {
      matches: [
        (sample) => `POSTMAN_API_KEY=PMAK-${sample.hex(24)}-${sample.hex(34)}`,
        (sample) => `postman login --with-api-key PMAK-${sample.hex(24)}-${sample.hex(34)}`,
      ],
      misses: [() => `PMAK-${'0'.repeat(24)}-${'0'.repeat(34)}`, (sample) => `PMAK-${sample.hex(24)}`],
    },
  },
  {
    id: 'postman-collection-key',
    title: 'Postman collection access key',
    provider: 'Postman',
    severity: 'medium',
    precision: 'exact',
    keywords: ['PMAT-'],
    expression: token('PMAT-[A-Z0-9]{26}'),
    minEntropy: 3.6,
    source: 'https://learning.postman.com/docs/collaborating-in-postman/sharing/',
    rotation: {
      url: 'https://learning.postman.com/docs/collaborating-in-postman/sharing/',
      steps: ['Revoke the key in the sharing settings of its collection: it reads the whole collection with its examples.'],
    },
    examples: {
      matches: [
        (sample) => `https://api.postman.com/collections/1-2?access_key=PMAT-${sample.upper(26)}`,
        (sample) => `POSTMAN_ACCESS_KEY=PMAT-${sample.upper(26)}`,
      ],
      misses: [() => `PMAT-${'X'.repeat(26)}`, (sample) => `PMAT-${sample.upper(6)}`],
    },
  },
  {
    id: 'swaggerhub-api-key',
    title: 'SwaggerHub API key',
    provider: 'SmartBear',
    severity: 'medium',
    precision: 'contextual',
    keywords: ['swaggerhub', 'swagger_hub'],
    expression: assigned(credentialsOf('swagger_?hub'), uuid),
    minEntropy: 3,
    source: 'https://support.smartbear.com/swaggerhub/docs/en/manage-resources/api-key.html',
    rotation: {
      url: 'https://app.swaggerhub.com/settings/apiKey',
      steps: [
        'Regenerate the key on the linked page and replace it in the clients.',
        'Review the versions of the definitions that were published.',
      ],
    },
    examples: {
      matches: [(sample) => `SWAGGERHUB_API_KEY=${sample.uuid()}`, (sample) => `swaggerhub: { token: "${sample.uuid()}" }`],
      misses: [() => 'SWAGGERHUB_API_KEY=00000000-0000-0000-0000-000000000000', (sample) => `swaggerhub_id=${sample.uuid()}`],
    },
  },
  {
    id: 'rapidapi-key',
    title: 'RapidAPI key',
    provider: 'RapidAPI',
    severity: 'medium',
    precision: 'exact',
    // Every key has the same letters at the same places among hex digits.
    keywords: ['msh'],
    lookBehind: 10,
    expression: token('[0-9a-f]{10}msh[0-9a-f]{15}p[0-9a-f]{6}jsn[0-9a-f]{12}'),
    minEntropy: 3.4,
    source: 'https://docs.rapidapi.com/docs/keys',
    rotation: {
      url: 'https://rapidapi.com/developer/apps',
      steps: [
        'Add a new key to the application, roll it out, delete the leaked one under Authorization.',
        'Check the usage and billing of the subscriptions.',
      ],
    },
    examples: {
      matches: [
        (sample) => `'X-RapidAPI-Key': '${sample.hex(10)}msh${sample.hex(15)}p${sample.hex(6)}jsn${sample.hex(12)}'`,
        (sample) => `RAPIDAPI_KEY=${sample.hex(10)}msh${sample.hex(15)}p1${sample.hex(5)}jsn${sample.hex(12)}`,
      ],
      misses: [
        (sample) => `mshtml ${sample.hex(10)}msh${sample.hex(15)}`,
        (sample) => `X-RapidAPI-Key: ${sample.hex(50)}`,
        () => 'X-RapidAPI-Key: SIGN-UP-FOR-KEY',
      ],
    },
  },
  {
    id: 'sauce-labs-access-key',
    title: 'Sauce Labs access key',
    provider: 'Sauce Labs',
    severity: 'medium',
    precision: 'contextual',
    keywords: ['sauce'],
    expression: assigned(credentialsOf('sauce'), uuid),
    minEntropy: 3,
    source: 'https://docs.saucelabs.com/basics/acct-team-mgmt/managing-user-info/',
    rotation: {
      url: 'https://app.saucelabs.com/user-settings',
      steps: ['Regenerate the access key on the linked page and replace it in the CI.', 'Recordings of test runs may show other secrets.'],
    },
    examples: {
      matches: [(sample) => `SAUCE_ACCESS_KEY=${sample.uuid()}`, (sample) => `sauce: { accessKey: "${sample.uuid()}" }`],
      misses: [(sample) => `sauce_job_id=${sample.uuid()}`, () => 'SAUCE_ACCESS_KEY=00000000-0000-0000-0000-000000000000'],
    },
  },
  {
    id: 'browserstack-access-key',
    title: 'BrowserStack access key',
    provider: 'BrowserStack',
    severity: 'medium',
    precision: 'contextual',
    keywords: ['browserstack', 'browser_stack'],
    expression: assigned(credentialsOf('browser_?stack'), '[A-Za-z0-9]{20}'),
    minEntropy: 3.5,
    notSecrets: [/^[^0-9]*$/, /^[^A-Z]*$/],
    source: 'https://www.browserstack.com/docs/iaam/settings-and-permissions/access-key',
    rotation: {
      url: 'https://www.browserstack.com/accounts/profile/details',
      steps: ['Reset the access key on the linked page and replace it in the CI.', 'Recordings of test runs may show other secrets.'],
    },
    examples: {
      matches: [(sample) => `BROWSERSTACK_ACCESS_KEY=${sample.alnum(20)}`, (sample) => `browserstack.accessKey: '${sample.alnum(20)}'`],
      misses: [
        () => `BROWSERSTACK_ACCESS_KEY=${'x'.repeat(20)}`,
        () => 'BROWSERSTACK_ACCESS_KEY=YOUR_ACCESS_KEY',
        () => 'browserstackKey = browserstackKeyValue',
      ],
    },
  },
  {
    id: 'cypress-record-key',
    title: 'Cypress Cloud record key',
    provider: 'Cypress',
    severity: 'low',
    precision: 'contextual',
    keywords: ['cypress'],
    expression: assigned(['cypress[_\\- ][\\w.\\- ]{0,40}?(?:record[_\\-])?key'], uuid),
    minEntropy: 3,
    source: 'https://docs.cypress.io/cloud/account-management/projects#Record-key',
    rotation: {
      url: 'https://docs.cypress.io/cloud/account-management/projects#Record-key',
      steps: ['Create a new record key in the project settings, replace it in the CI, delete the leaked one.'],
    },
    examples: {
      matches: [(sample) => `CYPRESS_RECORD_KEY=${sample.uuid()}`, (sample) => `cypress run --record --key ${sample.uuid()}`],
      misses: [(sample) => `cypress_run_id=${sample.uuid()}`, () => 'cypress run --record --key <record-key>'],
    },
  },
  {
    id: 'percy-token',
    title: 'Percy project token',
    provider: 'BrowserStack',
    severity: 'low',
    precision: 'contextual',
    keywords: ['percy'],
    expression: assigned(credentialsOf('percy'), '(?:(?:web|app|auto|ss|res)_)?[0-9a-f]{64}'),
    minEntropy: 3.4,
    source: 'https://www.browserstack.com/docs/percy/get-started/set-env-var',
    rotation: {
      url: 'https://percy.io/',
      steps: [
        'Regenerate the token in the settings of its project and replace it in the CI.',
        'A token with full access also shows the snapshots.',
      ],
    },
    examples: {
      matches: [(sample) => `PERCY_TOKEN=web_${sample.hex(64)}`, (sample) => `percy: { token: "${sample.hex(64)}" }`],
      misses: [
        () => `PERCY_TOKEN=${'0'.repeat(64)}`,
        (sample) => `percy_build=${sample.hex(64)}`,
        () => 'PERCY_TOKEN=${{ secrets.PERCY_TOKEN }}',
      ],
    },
  },
  {
    id: 'kong-konnect-token',
    title: 'Kong Konnect access token',
    provider: 'Kong',
    severity: 'critical',
    precision: 'exact',
    keywords: ['kpat_', 'spat_'],
    expression: token('[ks]pat_[A-Za-z0-9]{40,70}'),
    minEntropy: 4,
    source: 'https://developer.konghq.com/konnect-api/',
    rotation: {
      url: 'https://cloud.konghq.com/global/account/tokens',
      steps: [
        'Revoke the token on the linked page, a system account token in its settings; it may work for 15 minutes more.',
        'Read the audit log: routes, plugins and consumers that were changed.',
      ],
    },
    examples: {
      matches: [
        (sample) => `KONNECT_TOKEN=kpat_${sample.alnum(49)}`,
        (sample) => `deck gateway sync --konnect-token spat_${sample.alnum(49)}`,
      ],
      misses: [() => `KONNECT_TOKEN=kpat_${'x'.repeat(49)}`, (sample) => `kpat_${sample.alnum(6)}`, () => 'kpat_...'],
    },
  },
  {
    id: 'zuplo-consumer-key',
    title: 'Zuplo consumer API key',
    provider: 'Zuplo',
    severity: 'medium',
    precision: 'exact',
    keywords: ['zpka_'],
    expression: token('zpka_[a-z0-9]{32}_[0-9a-f]{8}'),
    minEntropy: 3.5,
    source: 'https://zuplo.com/docs/articles/api-key-management',
    rotation: {
      url: 'https://zuplo.com/docs/articles/api-key-leak-detection',
      steps: [
        'Roll the key of its consumer: the old one gets an end, the new one works at once.',
        'See in the analytics what was called with it.',
      ],
    },
    examples: {
      matches: [
        (sample) => `Authorization: Bearer zpka_${sample.lower(32)}_${sample.hex(8)}`,
        (sample) => `API_KEY=zpka_${sample.lower(32)}_${sample.hex(8)}`,
      ],
      misses: [() => `zpka_${'x'.repeat(32)}_00000000`, (sample) => `zpka_${sample.lower(12)}`],
    },
  },
  {
    id: 'unkey-root-key',
    title: 'Unkey root key',
    provider: 'Unkey',
    severity: 'critical',
    precision: 'exact',
    keywords: ['unkey_'],
    expression: token('unkey_[A-Za-z0-9]{20,32}'),
    minEntropy: 3.7,
    notSecrets: [/^unkey_[A-Za-z]*$/],
    source: 'https://www.unkey.com/docs/security/root-keys',
    rotation: {
      url: 'https://app.unkey.com/settings/root-keys',
      steps: [
        'Delete the root key on the linked page and create one with the permissions that are needed.',
        'Read the audit log: it can make and read the API keys of your own users.',
      ],
    },
    examples: {
      matches: [
        (sample) => `UNKEY_ROOT_KEY=unkey_${sample.alnum(23)}7`,
        (sample) => `new Unkey({ rootKey: "unkey_${sample.alnum(21)}3" })`,
      ],
      misses: [() => `UNKEY_ROOT_KEY=unkey_${'x'.repeat(22)}`, () => 'unkey_rate_limit_namespace', (sample) => `unkey_${sample.alnum(6)}`],
    },
  },
  {
    id: 'expo-access-token',
    title: 'Expo access token',
    provider: 'Expo',
    severity: 'critical',
    precision: 'contextual',
    keywords: ['expo_', 'expo-token'],
    expression: assigned(['expo[_\\-](?:access[_\\-])?token'], '[A-Za-z0-9_-]{40}'),
    minEntropy: 4.2,
    notSecrets: [/^[^0-9]*$/, /^[^A-Z]*$/],
    source: 'https://docs.expo.dev/accounts/programmatic-access/',
    rotation: {
      url: 'https://expo.dev/settings/access-tokens',
      steps: [
        'Revoke the token on the linked page.',
        'Review builds and updates: it can publish to the apps of your users.',
        'Rotate the signing credentials that the account can show.',
      ],
    },
    examples: {
      matches: [(sample) => `EXPO_TOKEN=${sample.base64url(40)}`, (sample) => `expo-token: '${sample.base64url(40)}'`],
      misses: [
        () => 'EXPO_TOKEN=${{ secrets.EXPO_TOKEN }}',
        () => `EXPO_TOKEN=${'x'.repeat(40)}`,
        (sample) => `expo_token_sha=${sample.hex(40)}`,
      ],
    },
  },
];
