import { assigned, credentialsOf, token, uuid } from './forms.ts';
import type { Rule } from './rule.ts';

/** Services of feature flags and experiments: who can write them can turn the features of others on and off. */
export const rules: readonly Rule[] = [
  {
    id: 'launchdarkly-api-token',
    title: 'LaunchDarkly API access token',
    provider: 'LaunchDarkly',
    severity: 'high',
    precision: 'contextual',
    keywords: ['launchdarkly', 'launch_darkly', 'ld_api', 'ld_access'],
    expression: assigned([...credentialsOf('launch_?darkly'), 'ld_(?:api|access)_(?:key|token)'], `api-${uuid}`),
    minEntropy: 3,
    source: 'https://launchdarkly.com/docs/home/account/api',
    rotation: {
      url: 'https://app.launchdarkly.com/settings/authorization/tokens',
      steps: [
        'Reset or delete the token on the linked page.',
        'Read the audit log for flags and SDK keys that were changed or read.',
        'Create a service token with a custom role.',
      ],
    },
    examples: {
      matches: [
        (sample) => `LAUNCHDARKLY_ACCESS_TOKEN=api-${sample.uuid()}`,
        (sample) => `launchdarkly: { apiKey: "api-${sample.uuid()}" }`,
      ],
      misses: [
        () => 'LAUNCHDARKLY_ACCESS_TOKEN=api-00000000-0000-0000-0000-000000000000',
        (sample) => `request=api-${sample.uuid()}`,
        () => 'LAUNCHDARKLY_ACCESS_TOKEN=api-...',
      ],
    },
  },
  {
    id: 'launchdarkly-sdk-key',
    title: 'LaunchDarkly server-side SDK key',
    provider: 'LaunchDarkly',
    severity: 'medium',
    precision: 'exact',
    keywords: ['sdk-'],
    expression: token(`sdk-${uuid}`),
    minEntropy: 3,
    source: 'https://launchdarkly.com/docs/sdk/concepts/client-side-server-side#keys',
    rotation: {
      url: 'https://launchdarkly.com/docs/home/account/environment/keys',
      steps: [
        'Reset the SDK key of the environment with an end for the old one, and roll the new one out.',
        'The key reads every flag rule, with the users named in them.',
      ],
    },
    examples: {
      matches: [(sample) => `LD_SDK_KEY=sdk-${sample.uuid()}`, (sample) => `LDClient.init("sdk-${sample.uuid()}")`],
      misses: [
        () => 'LD_SDK_KEY=sdk-00000000-0000-0000-0000-000000000000',
        (sample) => `sdk-${sample.hex(8)}`,
        (sample) => `aws-sdk-${sample.hex(8)}`,
      ],
    },
  },
  {
    id: 'split-api-key',
    title: 'Split API key',
    provider: 'Split',
    severity: 'medium',
    precision: 'contextual',
    keywords: ['split_io', 'splitio', 'split_sdk', 'split_api', 'split_admin'],
    expression: assigned(['split_?(?:io|sdk|api|admin)[\\w.\\-]{0,16}?(?:key|token)', 'split_(?:api|sdk)_?key'], '[a-z0-9]{50,56}'),
    minEntropy: 4,
    source: 'https://help.split.io/hc/en-us/articles/360019916211-API-keys',
    rotation: {
      url: 'https://help.split.io/hc/en-us/articles/360019916211-API-keys',
      steps: [
        'Create a new key under Admin settings > API keys, roll it out, delete the leaked one.',
        'An admin key can change flags: read the audit log.',
      ],
    },
    examples: {
      matches: [(sample) => `SPLIT_API_KEY=${sample.lower(52)}`, (sample) => `splitio.sdk.key: "${sample.lower(54)}"`],
      misses: [() => `SPLIT_API_KEY=${'x'.repeat(52)}`, (sample) => `SPLIT_API_KEY=${sample.lower(20)}`, () => 'splitApiKey: localhost'],
    },
  },
  {
    id: 'optimizely-token',
    title: 'Optimizely personal access token',
    provider: 'Optimizely',
    severity: 'high',
    precision: 'contextual',
    keywords: ['optimizely'],
    expression: assigned(credentialsOf('optimizely'), '2:[A-Za-z0-9_-]{40,80}'),
    minEntropy: 4,
    source: 'https://docs.developers.optimizely.com/web-experimentation/docs/personal-access-token',
    rotation: {
      url: 'https://app.optimizely.com/v2/profile/api',
      steps: ['Revoke the token on the linked page.', 'Read the change history of the projects: experiments can put code into your pages.'],
    },
    examples: {
      matches: [
        (sample) => `OPTIMIZELY_TOKEN=2:${sample.base64url(56)}`,
        (sample) => `optimizely_access_token: "2:${sample.base64url(48)}"`,
      ],
      misses: [() => `OPTIMIZELY_TOKEN=2:${'x'.repeat(56)}`, (sample) => `OPTIMIZELY_SDK_KEY=${sample.alnum(22)}`],
    },
  },
  {
    id: 'statsig-secret-key',
    title: 'Statsig server secret or console API key',
    provider: 'Statsig',
    severity: 'high',
    precision: 'exact',
    keywords: ['secret-', 'console-'],
    expression: token('(?:secret|console)-[A-Za-z0-9]{40,50}'),
    minEntropy: 4.4,
    notSecrets: [/^[^0-9]*$/, /^[^A-Z]*$/],
    source: 'https://docs.statsig.com/sdk-keys/api-keys',
    rotation: {
      url: 'https://console.statsig.com/api_keys',
      steps: ['Deactivate the key on the linked page and create a new one.', 'Read the audit log: a console key can change gates.'],
    },
    examples: {
      matches: [(sample) => `STATSIG_SECRET=secret-${sample.alnum(43)}`, (sample) => `STATSIG-API-KEY: console-${sample.alnum(43)}`],
      misses: [
        () => `secret-${'x'.repeat(43)}`,
        () => 'kubectl get secret-of-the-application',
        (sample) => `secret-${sample.hex(40)}`,
        (sample) => `my-secret-${sample.lower(43)}`,
      ],
    },
  },
  {
    id: 'configcat-sdk-key',
    title: 'ConfigCat SDK key',
    provider: 'ConfigCat',
    severity: 'low',
    precision: 'exact',
    keywords: ['configcat-sdk-1/', 'configcat-proxy/'],
    expression: token('configcat-(?:sdk-1/[\\w-]{22}|proxy)/[\\w-]{22}'),
    minEntropy: 4,
    source: 'https://configcat.com/docs/advanced/team-management/team-management-basics/',
    rotation: {
      url: 'https://app.configcat.com/',
      steps: [
        'Generate a secondary SDK key, move the clients, delete the leaked one.',
        'The key reads the flag rules, with the users named in them.',
      ],
    },
    examples: {
      matches: [
        (sample) => `CONFIGCAT_SDK_KEY=configcat-sdk-1/${sample.base64url(22)}/${sample.base64url(22)}`,
        (sample) => `getClient('configcat-sdk-1/${sample.alnum(22)}/${sample.alnum(22)}')`,
      ],
      misses: [() => 'configcat-sdk-1/#YOUR-SDK-KEY#', () => `configcat-sdk-1/${'x'.repeat(22)}/${'x'.repeat(22)}`],
    },
  },
  {
    id: 'configcat-legacy-sdk-key',
    title: 'ConfigCat SDK key (older form)',
    provider: 'ConfigCat',
    severity: 'low',
    precision: 'contextual',
    keywords: ['configcat'],
    expression: assigned(credentialsOf('configcat'), '[\\w-]{22}/[\\w-]{22}'),
    minEntropy: 4,
    source: 'https://configcat.com/docs/advanced/team-management/team-management-basics/',
    rotation: {
      url: 'https://app.configcat.com/',
      steps: [
        'Generate a secondary SDK key, move the clients, delete the leaked one.',
        'The key reads the flag rules, with the users named in them.',
      ],
    },
    examples: {
      matches: [
        (sample) => `CONFIGCAT_SDK_KEY=${sample.base64url(22)}/${sample.base64url(22)}`,
        (sample) => `configcat: { sdkKey: "${sample.base64url(22)}/${sample.base64url(22)}" }`,
      ],
      misses: [() => 'CONFIGCAT_SDK_KEY=#YOUR-SDK-KEY#', () => `CONFIGCAT_SDK_KEY=${'x'.repeat(22)}/${'x'.repeat(22)}`],
    },
  },
  {
    id: 'devcycle-server-key',
    title: 'DevCycle server SDK key',
    provider: 'DevCycle',
    severity: 'medium',
    precision: 'exact',
    keywords: ['dvc_server_'],
    expression: token('dvc_server_[A-Za-z0-9_]{30,50}'),
    minEntropy: 3.8,
    source: 'https://docs.devcycle.com/essentials/keys',
    rotation: {
      url: 'https://docs.devcycle.com/essentials/keys',
      steps: ['Create a new server key for the environment, roll it out, revoke the leaked one.'],
    },
    examples: {
      matches: [
        (sample) => `DEVCYCLE_SERVER_SDK_KEY=dvc_server_${sample.lower(32)}_${sample.hex(7)}`,
        (sample) => `initializeDevCycle('dvc_server_${sample.lower(32)}')`,
      ],
      misses: [() => `dvc_server_${'x'.repeat(32)}`, () => 'dvc_server_token_hash', () => '<DEVCYCLE_SERVER_SDK_KEY>'],
    },
  },
  {
    id: 'unleash-token',
    title: 'Unleash API token',
    provider: 'Unleash',
    severity: 'medium',
    precision: 'contextual',
    keywords: ['unleash'],
    expression: assigned(credentialsOf('unleash'), '(?:[\\w-]{1,40}|\\*|\\[\\]):[\\w-]{1,40}\\.[0-9a-f]{50,64}'),
    minEntropy: 3.4,
    source: 'https://docs.getunleash.io/reference/api-tokens-and-client-keys',
    rotation: {
      url: 'https://docs.getunleash.io/reference/api-tokens-and-client-keys',
      steps: [
        'Create a new token for the same project and environment, roll it out, delete the leaked one.',
        'An admin or personal token can change flags: read the event log.',
      ],
    },
    examples: {
      matches: [
        (sample) => `UNLEASH_API_TOKEN=default:production.${sample.hex(60)}`,
        (sample) => `unleash: { token: "*:development.${sample.hex(60)}" }`,
      ],
      misses: [() => 'UNLEASH_API_TOKEN=*:*.unleash-insecure-api-token', () => `UNLEASH_API_TOKEN=default:production.${'0'.repeat(60)}`],
    },
  },
];
