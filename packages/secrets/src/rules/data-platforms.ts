import { assigned, credentialsOf, token } from './forms.ts';
import type { Rule } from './rule.ts';

const near = '[\\w.\\-({,:"\' ]{0,24}?';

/** Databases as a service, pipelines and search engines, with one kind of credential each. */
export const rules: readonly Rule[] = [
  {
    id: 'prefect-api-key',
    title: 'Prefect Cloud API key',
    provider: 'Prefect',
    severity: 'high',
    precision: 'exact',
    keywords: ['pnu_', 'pnb_'],
    expression: token('pn[ub]_[A-Za-z0-9]{36}'),
    minEntropy: 3.9,
    source: 'https://docs.prefect.io/v3/manage/cloud/manage-users/api-keys',
    rotation: {
      url: 'https://app.prefect.cloud/my/api-keys',
      steps: ['Delete the key on the linked page.', 'Check deployments, blocks and flow runs: blocks hold further credentials.'],
    },
    examples: {
      matches: [(sample) => `PREFECT_API_KEY=pnu_${sample.alnum(36)}`, (sample) => `prefect cloud login -k pnb_${sample.alnum(36)}`],
      misses: [() => 'PREFECT_API_KEY=pnu_...', (sample) => `pnu_${sample.alnum(10)}`, () => `pnu_${'x'.repeat(36)}`],
    },
  },
  {
    id: 'dbt-cloud-token',
    title: 'dbt Cloud API token',
    provider: 'dbt',
    severity: 'high',
    precision: 'exact',
    keywords: ['dbtc_', 'dbtu_', 'dbts_'],
    expression: token('dbt[cus]_[A-Za-z0-9_-]{36,90}(?!-)'),
    minEntropy: 4,
    source: 'https://docs.getdbt.com/docs/dbt-cloud-apis/authentication',
    rotation: {
      url: 'https://cloud.getdbt.com/settings/profile/api-access',
      steps: [
        'Delete the token in the account settings (service or personal tokens).',
        'Check jobs, environments and connections since the leak.',
      ],
    },
    examples: {
      matches: [
        (sample) => `DBT_CLOUD_API_TOKEN=dbtc_${sample.alnum(44)}`,
        (sample) => `Authorization: Token dbtu_${sample.base64url(47)}x`,
      ],
      misses: [() => 'DBT_CLOUD_API_TOKEN=dbtc_test_token', (sample) => `dbtc_${sample.alnum(10)}`, () => `dbtc_${'x'.repeat(44)}`],
    },
  },
  {
    id: 'fivetran-api-secret',
    title: 'Fivetran API secret',
    provider: 'Fivetran',
    severity: 'high',
    precision: 'contextual',
    keywords: ['fivetran'],
    expression: assigned([`fivetran${near}secret`], '[A-Za-z0-9]{32,48}'),
    minEntropy: 3.8,
    source: 'https://fivetran.com/docs/rest-api/getting-started',
    rotation: {
      url: 'https://fivetran.com/dashboard/user/api-config',
      steps: [
        'Generate a new key on the linked page; the old one stops at once.',
        'Check connections and destinations: their settings can be changed with it.',
      ],
    },
    examples: {
      matches: [(sample) => `FIVETRAN_API_SECRET=${sample.alnum(32)}`, (sample) => `fivetran: { apiSecret: "${sample.alnum(40)}" }`],
      misses: [
        (sample) => `FIVETRAN_API_KEY=${sample.alnum(16)}`,
        () => `FIVETRAN_API_SECRET=${'x'.repeat(32)}`,
        () => 'FIVETRAN_API_SECRET=<api-secret>',
      ],
    },
  },
  {
    id: 'upstash-rest-token',
    title: 'Upstash REST token',
    provider: 'Upstash',
    severity: 'high',
    precision: 'contextual',
    keywords: ['upstash', 'kv_rest_api_token', 'qstash_token'],
    expression: assigned([`upstash${near}token`, 'kv_rest_api_token', 'qstash_token'], '[A-Za-z0-9_-]{36,200}={0,2}'),
    minEntropy: 4,
    source: 'https://upstash.com/docs/redis/features/restapi',
    rotation: {
      url: 'https://console.upstash.com/',
      steps: [
        'Reset the password of the database (its tokens change), or roll the QStash or Vector token.',
        'Check keys, queues and schedules since the leak.',
      ],
    },
    examples: {
      matches: [
        (sample) => `UPSTASH_REDIS_REST_TOKEN="A${sample.base64url(55)}x"`,
        (sample) => `KV_REST_API_TOKEN=A${sample.base64url(55)}==`,
      ],
      misses: [
        (sample) => `UPSTASH_REDIS_REST_URL=https://eu1-${sample.lower(12)}.upstash.io`,
        () => 'UPSTASH_REDIS_REST_TOKEN=your_token',
        () => `QSTASH_TOKEN=${'x'.repeat(48)}`,
      ],
    },
  },
  {
    id: 'turso-token',
    title: 'Turso database or platform token',
    provider: 'Turso',
    severity: 'high',
    precision: 'contextual',
    keywords: ['turso', 'libsql'],
    expression:
      /(?:turso|libsql)[^\r\n]{0,64}?(?<![A-Za-z0-9_])(?<secret>eyJ[A-Za-z0-9_-]{20,120}\.eyJ[A-Za-z0-9_-]{20,500}\.[A-Za-z0-9_-]{80,120})(?![A-Za-z0-9_-])/i,
    reach: 960,
    minEntropy: 4.3,
    source: 'https://docs.turso.tech/cli/db/tokens/create',
    rotation: {
      url: 'https://docs.turso.tech/cli/db/tokens/invalidate',
      steps: [
        'Invalidate all tokens of the database (`turso db tokens invalidate`) and create new ones with an expiry.',
        'Check the data since the leak; use read-only tokens where that is enough.',
      ],
    },
    examples: {
      matches: [
        (sample) => `TURSO_AUTH_TOKEN=eyJ${sample.base64url(33)}.eyJ${sample.base64url(120)}.${sample.base64url(86)}`,
        (sample) =>
          `createClient({ url: "libsql://db.turso.io", authToken: "eyJ${sample.base64url(33)}.eyJ${sample.base64url(140)}.${sample.base64url(86)}" })`,
      ],
      misses: [() => 'TURSO_AUTH_TOKEN=eyJ...', (sample) => `TURSO_AUTH_TOKEN=${sample.alnum(10)}`],
    },
  },
  {
    id: 'xata-api-key',
    title: 'Xata API key',
    provider: 'Xata',
    severity: 'high',
    precision: 'exact',
    keywords: ['xau_'],
    expression: token('xau_[A-Za-z0-9]{32,44}'),
    minEntropy: 3.8,
    source: 'https://xata.io/docs/rest-api/authentication',
    rotation: {
      url: 'https://app.xata.io/settings',
      steps: ['Delete the key on the linked page.', 'Check databases and branches since the leak.'],
    },
    examples: {
      matches: [(sample) => `XATA_API_KEY=xau_${sample.alnum(37)}`, (sample) => `Authorization: Bearer xau_${sample.alnum(33)}`],
      misses: [() => 'XATA_API_KEY=xau_xxx', (sample) => `xau_${sample.alnum(10)}`, () => `xau_${'x'.repeat(37)}`],
    },
  },
  {
    id: 'fauna-secret',
    title: 'Fauna key secret',
    provider: 'Fauna',
    severity: 'high',
    precision: 'contextual',
    keywords: ['fauna'],
    expression: /fauna[^\r\n]{0,64}?(?<![A-Za-z0-9_])(?<secret>fn[A-Z][A-Za-z0-9_-]{37,60})(?![A-Za-z0-9_-])/i,
    minEntropy: 4,
    source: 'https://docs.fauna.com/fauna/current/learn/security/keys/',
    rotation: {
      url: 'https://dashboard.fauna.com/',
      steps: ['Delete the key of the database.', 'Check the data since the leak; export it if the service was in use.'],
    },
    examples: {
      matches: [
        (sample) => `FAUNA_SECRET=fnA${sample.base64url(37)}x`,
        (sample) => `new faunadb.Client({ secret: 'fnF${sample.base64url(36)}x' })`,
      ],
      misses: [() => 'FAUNA_SECRET=fn...', (sample) => `FAUNA_SECRET=fn${sample.alnum(8)}`, () => `FAUNA_SECRET=fnA${'x'.repeat(37)}`],
    },
  },
  {
    id: 'convex-deploy-key',
    title: 'Convex deploy key',
    provider: 'Convex',
    severity: 'critical',
    precision: 'exact',
    // Base64 of `{"v2":`.
    keywords: [['|eyJ', '2MiI6'].join('')],
    lookBehind: 80,
    expression: new RegExp(
      `(?<![\\w:-])(?<secret>(?:(?:prod|dev|preview|project):[\\w:-]{3,60}|[a-z]+-[a-z]+-[0-9]{1,4})\\|${['eyJ', '2MiI6'].join('')}[A-Za-z0-9+/]{30,200}={0,2})(?![A-Za-z0-9+/=])`,
    ),
    minEntropy: 4,
    source: 'https://docs.convex.dev/cli/deploy-key-types',
    rotation: {
      url: 'https://dashboard.convex.dev/',
      steps: [
        'Delete the deploy key under Settings > URL & Deploy Key of the deployment.',
        'Check the deployed functions and the data since the leak.',
      ],
    },
    examples: {
      matches: [
        (sample) => `CONVEX_DEPLOY_KEY="prod:happy-otter-123|${Buffer.from(`{"v2":"${sample.hex(40)}"}`).toString('base64')}"`,
        (sample) => `CONVEX_DEPLOY_KEY=preview:team:project|${Buffer.from(`{"v2":"${sample.hex(64)}"}`).toString('base64')}`,
      ],
      misses: [() => 'CONVEX_DEPLOY_KEY=prod:happy-otter-123|...', () => 'CONVEX_DEPLOYMENT=prod:happy-otter-123'],
    },
  },
  {
    id: 'meilisearch-key',
    title: 'Meilisearch API key',
    provider: 'Meilisearch',
    severity: 'high',
    precision: 'contextual',
    keywords: ['meili'],
    expression: assigned(
      ['meili(?:search)?[\\w.\\-({,:"\' ]{0,24}?(?:master|admin|api|private)_?key'],
      '[0-9a-f]{64}|[A-Za-z0-9_-]{43}|[0-9a-f]{40}',
    ),
    minEntropy: 3,
    source: 'https://www.meilisearch.com/docs/learn/security/basic_security',
    rotation: {
      url: 'https://www.meilisearch.com/docs/learn/security/resetting_master_key',
      steps: [
        'Delete the key (`DELETE /keys/{key}`); for the master key, start with a new one: all keys change.',
        'Check indexes and settings since the leak.',
      ],
    },
    examples: {
      matches: [(sample) => `MEILI_MASTER_KEY=${sample.base64url(42)}x`, (sample) => `meilisearch: { apiKey: "${sample.hex(64)}" }`],
      misses: [
        (sample) => `MEILISEARCH_SEARCH_KEY=${sample.hex(64)}`,
        () => 'MEILI_MASTER_KEY=masterKey',
        () => `MEILI_MASTER_KEY=${'x'.repeat(43)}`,
      ],
    },
  },
  {
    id: 'typesense-api-key',
    title: 'Typesense API key',
    provider: 'Typesense',
    severity: 'high',
    precision: 'contextual',
    keywords: ['typesense'],
    expression: assigned(credentialsOf('typesense'), '[A-Za-z0-9]{32,48}'),
    minEntropy: 3.8,
    source: 'https://typesense.org/docs/guide/data-access-control.html',
    rotation: {
      url: 'https://typesense.org/docs/latest/api/api-keys.html',
      steps: [
        'Delete the key (`DELETE /keys/:id`); the bootstrap key is changed in the settings of the server.',
        'Check collections since the leak; give clients search-only or scoped keys.',
      ],
    },
    examples: {
      matches: [(sample) => `TYPESENSE_API_KEY=${sample.alnum(32)}`, (sample) => `curl -H "X-TYPESENSE-API-KEY: ${sample.alnum(48)}"`],
      misses: [
        () => 'TYPESENSE_API_KEY=xyz',
        () => `TYPESENSE_API_KEY=${'x'.repeat(32)}`,
        () => 'X-TYPESENSE-API-KEY: ${TYPESENSE_API_KEY}',
      ],
    },
  },
];
