import { assigned, credentialsOf, token, uuid } from './forms.ts';
import type { Rule } from './rule.ts';

/** Clouds and hosts of servers and sites with one kind of key each. */
export const rules: readonly Rule[] = [
  {
    id: 'akamai-edgegrid-token',
    title: 'Akamai EdgeGrid client or access token',
    provider: 'Akamai',
    severity: 'high',
    precision: 'exact',
    keywords: ['akab-'],
    expression: token('akab-[a-z0-9]{16}-[a-z0-9]{16}'),
    minEntropy: 3.2,
    source: 'https://techdocs.akamai.com/developer/docs/edgegrid',
    rotation: {
      url: 'https://control.akamai.com/apps/identity-management/',
      steps: ['Deactivate the credential of the API client and create a new one.', 'Review the event viewer for changes you did not make.'],
    },
    examples: {
      matches: [
        (sample) => `client_token = akab-${sample.lower(16)}-${sample.lower(15)}7`,
        (sample) => `"access_token": "akab-${sample.lower(15)}5-${sample.lower(16)}"`,
      ],
      misses: [() => 'client_token = akab-xxxxxxxxxxxxxxxx-xxxxxxxxxxxxxxxx', (sample) => `akab-${sample.lower(6)}`],
    },
  },
  {
    id: 'linode-access-token',
    title: 'Linode (Akamai) personal access token',
    provider: 'Linode',
    severity: 'critical',
    precision: 'contextual',
    keywords: ['linode'],
    expression: assigned(credentialsOf('linode'), '[0-9a-f]{64}'),
    minEntropy: 3.4,
    source: 'https://techdocs.akamai.com/linode-api/reference/get-started',
    rotation: {
      url: 'https://cloud.linode.com/profile/tokens',
      steps: [
        'Revoke the token on the linked page.',
        'Read the account events: Linodes, SSH keys and users that you did not add.',
        'Issue a token with the least scopes and an expiry date.',
      ],
    },
    examples: {
      matches: [(sample) => `LINODE_TOKEN=${sample.hex(64)}`, (sample) => `provider "linode" { token = "${sample.hex(64)}" }`],
      misses: [
        () => `LINODE_TOKEN=${'0'.repeat(64)}`,
        (sample) => `linode_1.2.3_checksums.txt: ${sample.hex(64)}`,
        (sample) => `LINODE_TOKEN=${sample.hex(32)}`,
        () => 'LINODE_TOKEN=$(pass show linode)',
      ],
    },
  },
  {
    id: 'vultr-api-key',
    title: 'Vultr API key',
    provider: 'Vultr',
    severity: 'critical',
    precision: 'contextual',
    keywords: ['vultr'],
    expression: assigned(credentialsOf('vultr'), '[A-Z0-9]{36}'),
    minEntropy: 3.7,
    notSecrets: [/^[^0-9]*$/, /[a-z]/],
    source: 'https://www.vultr.com/api/#section/Authentication',
    rotation: {
      url: 'https://my.vultr.com/settings/#settingsapi',
      steps: [
        'Regenerate the key on the linked page and limit it to your addresses.',
        'Look for instances, users and SSH keys that you did not add.',
      ],
    },
    examples: {
      matches: [(sample) => `export VULTR_API_KEY="${sample.upper(36)}"`, (sample) => `vultr: { api_key: ${sample.upper(36)} }`],
      misses: [
        () => `VULTR_API_KEY=${'X'.repeat(36)}`,
        (sample) => `VULTR_API_KEY=${sample.upper(20)}`,
        () => 'VULTR_API_KEY=YOUR_VULTR_API_KEY_FROM_THE_SETTINGS',
      ],
    },
  },
  {
    id: 'hetzner-api-token',
    title: 'Hetzner Cloud API token',
    provider: 'Hetzner',
    severity: 'critical',
    precision: 'contextual',
    keywords: ['hetzner', 'hcloud'],
    expression: assigned(credentialsOf('hetzner', 'hcloud'), '[A-Za-z0-9]{64}'),
    minEntropy: 4.6,
    source: 'https://docs.hetzner.cloud/reference/cloud#getting-started',
    rotation: {
      url: 'https://console.hetzner.cloud/',
      steps: [
        'Delete the token under Security > API tokens of its project.',
        'Look for servers, SSH keys and firewall rules that you did not add.',
        'Issue a new token, read-only where that is enough.',
      ],
    },
    examples: {
      matches: [(sample) => `HCLOUD_TOKEN=${sample.alnum(64)}`, (sample) => `hetzner_cloud_api_token: "${sample.alnum(64)}"`],
      misses: [
        () => `HCLOUD_TOKEN=${'x'.repeat(64)}`,
        (sample) => `hcloud_token_checksum: ${sample.hex(64)}`,
        () => 'HCLOUD_TOKEN=your-hcloud-token',
      ],
    },
  },
  {
    id: 'scaleway-secret-key',
    title: 'Scaleway secret key',
    provider: 'Scaleway',
    severity: 'critical',
    precision: 'contextual',
    keywords: ['scaleway', 'scw_'],
    expression: assigned(['(?:scaleway[\\w.\\-]{0,16}?|scw_)(?:secret|token)'], uuid),
    minEntropy: 3,
    source: 'https://www.scaleway.com/en/docs/iam/concepts/#api-key',
    rotation: {
      url: 'https://console.scaleway.com/iam/api-keys',
      steps: [
        'Delete the API key on the linked page.',
        'Review the audit trail of the organisation.',
        'Make a key for an application with a narrow policy and an expiry date.',
      ],
    },
    examples: {
      matches: [(sample) => `SCW_SECRET_KEY=${sample.uuid()}`, (sample) => `scaleway_secret_key = "${sample.uuid()}"`],
      misses: [
        (sample) => `SCW_DEFAULT_PROJECT_ID=${sample.uuid()}`,
        () => 'SCW_SECRET_KEY=11111111-1111-1111-1111-111111111111',
        () => 'SCW_SECRET_KEY=${SCW_SECRET_KEY}',
      ],
    },
  },
  {
    id: 'civo-api-key',
    title: 'Civo API key',
    provider: 'Civo',
    severity: 'critical',
    precision: 'contextual',
    keywords: ['civo'],
    expression: assigned(credentialsOf('civo'), '[A-Za-z0-9]{50}'),
    minEntropy: 4,
    source: 'https://www.civo.com/api#authentication',
    rotation: {
      url: 'https://dashboard.civo.com/security',
      steps: [
        'Regenerate the API key on the linked page.',
        'Look for clusters and instances that you did not make; renew their kubeconfig.',
      ],
    },
    examples: {
      matches: [(sample) => `CIVO_TOKEN=${sample.alnum(50)}`, (sample) => `civo_api_key: '${sample.alnum(50)}'`],
      misses: [() => `CIVO_TOKEN=${'x'.repeat(50)}`, (sample) => `CIVO_TOKEN=${sample.alnum(30)}`],
    },
  },
  {
    id: 'upcloud-api-token',
    title: 'UpCloud API token',
    provider: 'UpCloud',
    severity: 'critical',
    precision: 'exact',
    keywords: ['ucat_'],
    expression: token('ucat_[0-9A-Za-z]{24,32}'),
    minEntropy: 3.6,
    source: 'https://developers.upcloud.com/1.3/',
    rotation: {
      url: 'https://hub.upcloud.com/account/api-tokens',
      steps: [
        'Delete the token on the linked page.',
        'Look for servers and storage that you did not make.',
        'Issue a token with an expiry date and allowed addresses.',
      ],
    },
    examples: {
      matches: [(sample) => `UPCLOUD_TOKEN=ucat_${sample.alnum(26)}`, (sample) => `Authorization: Bearer ucat_${sample.upper(26)}`],
      misses: [
        () => `UPCLOUD_TOKEN=ucat_${'x'.repeat(26)}`,
        (sample) => `ucat_${sample.alnum(8)}`,
        (sample) => `educat_${sample.alnum(26)}`,
      ],
    },
  },
  {
    id: 'exoscale-api-secret',
    title: 'Exoscale API secret',
    provider: 'Exoscale',
    severity: 'critical',
    precision: 'contextual',
    keywords: ['exoscale'],
    expression: assigned(credentialsOf('exoscale'), '[A-Za-z0-9_-]{43}'),
    minEntropy: 4.3,
    notSecrets: [/^[^0-9]*$/, /^[^A-Z]*$/],
    source: 'https://community.exoscale.com/product/iam/how-to/quick-start/',
    rotation: {
      url: 'https://portal.exoscale.com/iam/api-keys',
      steps: [
        'Revoke the API key on the linked page.',
        'Review the event log of the organisation.',
        'Make a key with a role that may do only what is needed.',
      ],
    },
    examples: {
      matches: [(sample) => `EXOSCALE_API_SECRET=${sample.base64url(43)}`, (sample) => `exoscale: { secret: "${sample.base64url(43)}" }`],
      misses: [
        () => 'EXOSCALE_API_SECRET=your-exoscale-api-secret-of-the-organisation',
        (sample) => `EXOSCALE_API_KEY=EXO${sample.hex(24)}`,
      ],
    },
  },
  {
    id: 'scalingo-api-token',
    title: 'Scalingo API token',
    provider: 'Scalingo',
    severity: 'critical',
    precision: 'exact',
    keywords: ['tk-us-'],
    expression: token('tk-us-[\\w-]{48}'),
    minEntropy: 4,
    source: 'https://developers.scalingo.com/tokens',
    rotation: {
      url: 'https://dashboard.scalingo.com/account/tokens',
      steps: ['Revoke the token on the linked page.', 'Review the events of every app and rotate the environment variables it could read.'],
    },
    examples: {
      matches: [
        (sample) => `SCALINGO_API_TOKEN=tk-us-${sample.base64url(48)}`,
        (sample) => `scalingo login --api-token "tk-us-${sample.alnum(48)}"`,
      ],
      misses: [() => `SCALINGO_API_TOKEN=tk-us-${'x'.repeat(48)}`, (sample) => `tk-us-${sample.alnum(20)}`],
    },
  },
  {
    id: 'render-api-key',
    title: 'Render API key',
    provider: 'Render',
    severity: 'critical',
    precision: 'exact',
    keywords: ['rnd_'],
    expression: token('rnd_[A-Za-z0-9]{28}'),
    minEntropy: 3.7,
    source: 'https://render.com/docs/api',
    rotation: {
      url: 'https://dashboard.render.com/u/settings#api-keys',
      steps: [
        'Revoke the key on the linked page.',
        'Review the workspace audit log; rotate the environment variables of its services, which the key could read.',
      ],
    },
    examples: {
      matches: [(sample) => `RENDER_API_KEY=rnd_${sample.alnum(28)}`, (sample) => `-H "Authorization: Bearer rnd_${sample.alnum(28)}"`],
      misses: [
        () => `RENDER_API_KEY=rnd_${'x'.repeat(28)}`,
        (sample) => `uint32_t rnd_${sample.alnum(10)};`,
        (sample) => `rnd_${sample.alnum(40)}`,
      ],
    },
  },
  {
    id: 'railway-token',
    title: 'Railway token',
    provider: 'Railway',
    severity: 'critical',
    precision: 'contextual',
    keywords: ['railway'],
    expression: assigned(credentialsOf('railway'), uuid),
    minEntropy: 3,
    source: 'https://docs.railway.com/reference/public-api',
    rotation: {
      url: 'https://railway.com/account/tokens',
      steps: [
        'Delete the token on the linked page, a project token in the settings of its project.',
        'Rotate the variables of the environments it could read.',
      ],
    },
    examples: {
      matches: [(sample) => `RAILWAY_TOKEN=${sample.uuid()}`, (sample) => `railway_api_token: ${sample.uuid()}`],
      misses: [
        (sample) => `RAILWAY_PROJECT_ID=${sample.uuid()}`,
        () => 'RAILWAY_TOKEN=00000000-0000-0000-0000-000000000000',
        () => 'RAILWAY_TOKEN=${RAILWAY_TOKEN}',
      ],
    },
  },
  {
    id: 'deno-deploy-token',
    title: 'Deno Deploy access token',
    provider: 'Deno',
    severity: 'critical',
    precision: 'exact',
    keywords: ['ddp_', 'ddo_'],
    expression: token('dd[po]_[A-Za-z0-9]{36}'),
    minEntropy: 3.8,
    source: 'https://docs.deno.com/deploy/manual/use-npm-cli/',
    rotation: {
      url: 'https://dash.deno.com/account#access-tokens',
      steps: ['Revoke the token on the linked page.', 'Review the deployments and the environment variables of its projects.'],
    },
    examples: {
      matches: [(sample) => `DENO_DEPLOY_TOKEN=ddp_${sample.alnum(36)}`, (sample) => `deployctl deploy --token=ddo_${sample.alnum(36)}`],
      misses: [
        () => `DENO_DEPLOY_TOKEN=ddp_${'x'.repeat(36)}`,
        (sample) => `addp_${sample.alnum(36)}`,
        (sample) => `ddp_${sample.alnum(8)}`,
      ],
    },
  },
  {
    id: 'fastly-api-token',
    title: 'Fastly API token',
    provider: 'Fastly',
    severity: 'critical',
    precision: 'contextual',
    keywords: ['fastly'],
    expression: assigned(credentialsOf('fastly'), '[A-Za-z0-9_-]{32}'),
    minEntropy: 4,
    notSecrets: [/^[0-9a-f]{32}$/, /^[^0-9]*$/, /^[^A-Z]*$/],
    source: 'https://www.fastly.com/documentation/reference/api/auth-tokens/',
    rotation: {
      url: 'https://manage.fastly.com/account/tokens',
      steps: [
        'Delete the token on the linked page.',
        'Review the event log: new versions of services, purges, tokens and users.',
        'Issue a token with a scope, for the services that need it, with an expiry date.',
      ],
    },
    examples: {
      matches: [
        (sample) => `FASTLY_API_TOKEN=${sample.base64url(32)}`,
        (sample) => `curl -H "Fastly-Key: ${sample.base64url(32)}" https://api.fastly.com/service`,
      ],
      misses: [
        () => 'FASTLY_API_TOKEN=your-fastly-api-token-goes-here-',
        (sample) => `fastly_key_digest=${sample.hex(32)}`,
        () => 'fastlyToken = getFastlyTokenFromTheSecrets()',
      ],
    },
  },
  {
    id: 'ovh-application-secret',
    title: 'OVHcloud application secret or consumer key',
    provider: 'OVHcloud',
    severity: 'critical',
    precision: 'contextual',
    keywords: ['ovh'],
    expression: assigned(credentialsOf('ovh'), '[A-Za-z0-9]{32}'),
    minEntropy: 3.2,
    source: 'https://help.ovhcloud.com/csm/en-api-getting-started-ovhcloud-api?id=kb_article_view&sysparm_article=KB0042777',
    rotation: {
      url: 'https://www.ovh.com/manager/#/iam/api-keys',
      steps: [
        'Delete the application and its consumer keys on the linked page.',
        'Review what the rights of the consumer key allowed: servers, DNS, orders.',
        'Make new keys with the rights that are needed and an end.',
      ],
    },
    examples: {
      matches: [
        (sample) => `OVH_APPLICATION_SECRET=${sample.lower(32)}`,
        (sample) => `dns_ovh_consumer_key = ${sample.alnum(32)}`,
        (sample) => `ovh: { app_secret: '${sample.alnum(32)}' }`,
      ],
      misses: [
        () => `OVH_APPLICATION_SECRET=${'x'.repeat(32)}`,
        (sample) => `OVH_APPLICATION_KEY=${sample.lower(16)}`,
        (sample) => `ovh_project=${sample.hex(32)}`,
      ],
    },
  },
];
