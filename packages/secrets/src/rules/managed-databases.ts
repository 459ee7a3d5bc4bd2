import { assigned, credentialsOf, token } from './forms.ts';
import type { Rule } from './rule.ts';

/** Providers of databases with one kind of key each. */
export const rules: readonly Rule[] = [
  {
    id: 'neon-api-key',
    title: 'Neon API key',
    provider: 'Neon',
    severity: 'critical',
    precision: 'exact',
    keywords: ['napi_'],
    expression: token('napi_[a-z0-9]{64}'),
    minEntropy: 4,
    source: 'https://neon.com/docs/manage/api-keys',
    rotation: {
      url: 'https://console.neon.tech/app/settings/api-keys',
      steps: [
        'Revoke the key on the linked page.',
        'Reset the passwords of the roles: the key can show and change them.',
        'Use a project-scoped key.',
      ],
    },
    examples: {
      matches: [
        (sample) => `NEON_API_KEY=napi_${sample.lower(64)}`,
        (sample) => `curl -H "Authorization: Bearer napi_${sample.lower(64)}"`,
      ],
      misses: [
        () => `NEON_API_KEY=napi_${'x'.repeat(64)}`,
        (sample) => `napi_${sample.lower(20)}`,
        () => 'napi_create_string_utf8(env, buffer, length, &result)',
      ],
    },
  },
  {
    id: 'cockroachdb-cloud-api-key',
    title: 'CockroachDB Cloud API key',
    provider: 'Cockroach Labs',
    severity: 'critical',
    precision: 'exact',
    keywords: ['CCDB1_'],
    expression: token('CCDB1_[A-Za-z0-9]{22}_[A-Za-z0-9]{40}'),
    minEntropy: 4,
    source: 'https://www.cockroachlabs.com/docs/cockroachcloud/managing-access#api-access',
    rotation: {
      url: 'https://cockroachlabs.cloud/service-accounts',
      steps: ['Delete the API key of its service account and create a new one.', 'Review the audit log of the organisation.'],
    },
    examples: {
      matches: [
        (sample) => `COCKROACH_API_KEY=CCDB1_${sample.alnum(22)}_${sample.alnum(40)}`,
        (sample) => `"apikey": "CCDB1_${sample.alnum(22)}_${sample.alnum(40)}"`,
      ],
      misses: [() => `CCDB1_${'x'.repeat(22)}_${'x'.repeat(40)}`, (sample) => `CCDB1_${sample.alnum(22)}`],
    },
  },
  {
    id: 'clickhouse-cloud-secret',
    title: 'ClickHouse Cloud API key secret',
    provider: 'ClickHouse',
    severity: 'critical',
    precision: 'exact',
    keywords: ['4b1d'],
    expression: token('4b1d[A-Za-z0-9]{38}'),
    minEntropy: 4.2,
    source: 'https://clickhouse.com/docs/cloud/manage/openapi',
    rotation: {
      url: 'https://console.clickhouse.cloud/',
      steps: [
        'Delete the API key under Organization > API keys and create one with the least role.',
        'Review the activity log of the organisation.',
      ],
    },
    examples: {
      matches: [
        (sample) => `CLICKHOUSE_CLOUD_SECRET=4b1d${sample.alnum(38)}`,
        (sample) => `curl --user "keyid:4b1d${sample.alnum(38)}" https://api.clickhouse.cloud/v1/organizations`,
      ],
      misses: [(sample) => `commit 4b1d${sample.hex(36)}`, (sample) => `4b1d${sample.hex(38)}`, () => `4b1d${'x'.repeat(38)}`],
    },
  },
  {
    id: 'datastax-astra-token',
    title: 'DataStax Astra application token',
    provider: 'DataStax',
    severity: 'critical',
    precision: 'exact',
    keywords: ['AstraCS:'],
    expression: token('AstraCS:[A-Za-z]{24}:[0-9a-f]{64}'),
    minEntropy: 3.5,
    source: 'https://docs.datastax.com/en/astra-db-serverless/administration/manage-application-tokens.html',
    rotation: {
      url: 'https://astra.datastax.com/settings/tokens',
      steps: ['Delete the token on the linked page and generate one with a narrower role.', 'Review the audit log of the organisation.'],
    },
    examples: {
      matches: [
        (sample) =>
          `ASTRA_DB_APPLICATION_TOKEN=AstraCS:${sample.from('abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ', 24)}:${sample.hex(64)}`,
        (sample) => `token: "AstraCS:${sample.from('abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ', 24)}:${sample.hex(64)}"`,
      ],
      misses: [() => 'ASTRA_DB_APPLICATION_TOKEN=AstraCS:...', () => `AstraCS:${'x'.repeat(24)}:${'0'.repeat(64)}`],
    },
  },
  {
    id: 'aiven-token',
    title: 'Aiven authentication token',
    provider: 'Aiven',
    severity: 'critical',
    precision: 'contextual',
    keywords: ['aiven'],
    expression: assigned(credentialsOf('aiven'), '[A-Za-z0-9+/=]{364,376}'),
    reach: 700,
    minEntropy: 5,
    source: 'https://aiven.io/docs/platform/howto/create_authentication_token',
    rotation: {
      url: 'https://console.aiven.io/profile/tokens',
      steps: [
        'Revoke the token on the linked page.',
        'Review the event log of the projects; rotate the passwords of services it could show.',
      ],
    },
    examples: {
      matches: [(sample) => `AIVEN_TOKEN=${sample.base64(372)}`, (sample) => `aiven_api_token = "${sample.base64(371)}="`],
      misses: [() => `AIVEN_TOKEN=${'x'.repeat(372)}`, (sample) => `AIVEN_TOKEN=${sample.base64(100)}`],
    },
  },
  {
    id: 'influxdb-token',
    title: 'InfluxDB API token',
    provider: 'InfluxData',
    severity: 'high',
    precision: 'contextual',
    keywords: ['influx'],
    expression: assigned(credentialsOf('influx'), '[A-Za-z0-9_-]{86}=='),
    minEntropy: 4.8,
    source: 'https://docs.influxdata.com/influxdb/v2/admin/tokens/',
    rotation: {
      url: 'https://docs.influxdata.com/influxdb/v2/admin/tokens/delete-token/',
      steps: ['Create a token limited to the buckets it needs, roll it out, then delete the leaked one.'],
    },
    examples: {
      matches: [
        (sample) => `INFLUX_TOKEN=${sample.base64url(86)}==`,
        (sample) => `InfluxDBClient(token="${sample.base64url(86)}==", url=url)`,
      ],
      misses: [
        () => 'INFLUX_TOKEN=my-super-secret-auth-token',
        () => `INFLUX_TOKEN=${'x'.repeat(86)}==`,
        (sample) => `influx_token_hash=${sample.hex(64)}`,
      ],
    },
  },
  {
    id: 'algolia-admin-key',
    title: 'Algolia admin or write API key',
    provider: 'Algolia',
    severity: 'high',
    precision: 'contextual',
    keywords: ['algolia'],
    // Search-only keys stand in web pages by design.
    expression: assigned(
      [
        'algolia(?![\\w.\\-]{0,24}search)[\\w.\\-]{0,20}?(?:[:=>\\[({,"\' \\t]{1,8}(?!search)[\\w.\\-]{0,16}?){0,2}?(?:key(?![_\\-]?id)|token|secret)',
      ],
      '[0-9a-f]{32}',
    ),
    minEntropy: 3.2,
    source: 'https://www.algolia.com/doc/guides/security/api-keys/',
    rotation: {
      url: 'https://dashboard.algolia.com/account/api-keys',
      steps: [
        'Regenerate the admin key on the linked page, or delete the key and create one limited to the indices and rights it needs.',
        'Check the indices for records that were changed.',
      ],
    },
    examples: {
      matches: [(sample) => `ALGOLIA_ADMIN_API_KEY=${sample.hex(32)}`, (sample) => `algolia: { apiKey: '${sample.hex(32)}' }`],
      misses: [
        (sample) => `ALGOLIA_SEARCH_API_KEY=${sample.hex(32)}`,
        () => `ALGOLIA_ADMIN_API_KEY=${'0'.repeat(32)}`,
        (sample) => `algolia_index_version=${sample.hex(32)}`,
      ],
    },
  },
];
