import { assigned, credentialsOf, token, uuid } from './forms.ts';
import type { Rule } from './rule.ts';

/** Keepers of logs, with one or two kinds of token each. */
export const rules: readonly Rule[] = [
  {
    id: 'splunk-hec-token',
    title: 'Splunk HTTP Event Collector token',
    provider: 'Splunk',
    severity: 'medium',
    precision: 'contextual',
    keywords: ['splunk', 'hec_token', 'hec-token'],
    expression: assigned([...credentialsOf('splunk'), 'hec[_\\-]token', 'splunk(?= [0-9a-f]{8}-)'], uuid),
    minEntropy: 3,
    source: 'https://docs.splunk.com/Documentation/Splunk/latest/Data/UsetheHTTPEventCollector',
    rotation: {
      url: 'https://docs.splunk.com/Documentation/Splunk/latest/Data/UsetheHTTPEventCollector',
      steps: [
        'Create a new token for the input, roll it out, disable and delete the leaked one.',
        'The token only sends data, but it can bury or falsify yours.',
      ],
    },
    examples: {
      matches: [
        (sample) => `SPLUNK_HEC_TOKEN=${sample.uuid()}`,
        (sample) => `splunk-token: "${sample.uuid()}"`,
        (sample) => `hec_token = ${sample.uuid()}`,
      ],
      misses: [
        (sample) => `splunk_guid=${sample.uuid()}`,
        () => 'SPLUNK_HEC_TOKEN=00000000-0000-0000-0000-000000000000',
        () => 'SPLUNK_HEC_TOKEN=${TOKEN}',
      ],
    },
  },
  {
    id: 'splunk-observability-token',
    title: 'Splunk Observability Cloud access token',
    provider: 'Splunk',
    severity: 'medium',
    precision: 'contextual',
    keywords: ['signalfx', 'sfx_', 'sf_token', 'sf-token', 'splunk_access'],
    expression: assigned([...credentialsOf('signalfx', 'sfx_'), 'sf[_\\-]token', 'splunk_access_token'], '[A-Za-z0-9_-]{22}'),
    minEntropy: 3.6,
    notSecrets: [/^[^0-9]*$/, /^[^A-Z]*$/],
    source: 'https://docs.splunk.com/observability/en/admin/authentication/authentication-tokens/tokens.html',
    rotation: {
      url: 'https://docs.splunk.com/observability/en/admin/authentication/authentication-tokens/org-tokens.html',
      steps: ['Rotate the token under Settings > Access tokens with a grace period, and roll the new one out.'],
    },
    examples: {
      matches: [(sample) => `SPLUNK_ACCESS_TOKEN=${sample.base64url(21)}7`, (sample) => `X-SF-Token: ${sample.base64url(20)}K4`],
      misses: [() => 'SPLUNK_ACCESS_TOKEN=my_splunk_access_token', () => `SPLUNK_ACCESS_TOKEN=${'x'.repeat(22)}`],
    },
  },
  {
    id: 'sumo-logic-access-key',
    title: 'Sumo Logic access key',
    provider: 'Sumo Logic',
    severity: 'high',
    precision: 'contextual',
    keywords: ['sumo'],
    expression: assigned(credentialsOf('sumo'), '[A-Za-z0-9]{64}'),
    minEntropy: 4.6,
    source: 'https://help.sumologic.com/docs/manage/security/access-keys/',
    rotation: {
      url: 'https://help.sumologic.com/docs/manage/security/access-keys/',
      steps: [
        'Deactivate, then delete the key under Preferences or Administration > Access keys.',
        'Read the audit index for its access id.',
      ],
    },
    examples: {
      matches: [(sample) => `SUMOLOGIC_ACCESSKEY=${sample.alnum(64)}`, (sample) => `sumo: { access_key: "${sample.alnum(64)}" }`],
      misses: [
        () => `SUMO_ACCESS_KEY=${'x'.repeat(64)}`,
        (sample) => `sumo_key_sha256=${sample.hex(64)}`,
        (sample) => `SUMO_ACCESS_ID=su${sample.alnum(12)}`,
      ],
    },
  },
  {
    id: 'sumo-logic-collector-url',
    title: 'Sumo Logic HTTP source address',
    provider: 'Sumo Logic',
    severity: 'medium',
    precision: 'exact',
    keywords: ['sumologic.com/receiver/v1/http/'],
    expression: /sumologic\.com\/receiver\/v1\/http\/(?<secret>[A-Za-z0-9_-]{60,240}={0,2})(?![A-Za-z0-9_=-])/,
    minEntropy: 4,
    source: 'https://help.sumologic.com/docs/send-data/hosted-collectors/http-source/logs-metrics/',
    rotation: {
      url: 'https://help.sumologic.com/docs/send-data/hosted-collectors/http-source/',
      steps: ['Regenerate the address of the source and roll it out to the senders.'],
    },
    examples: {
      matches: [
        (sample) => `SUMO_URL=https://endpoint4.collection.sumologic.com/receiver/v1/http/${sample.base64url(88)}==`,
        (sample) => `curl https://collectors.sumologic.com/receiver/v1/http/${sample.base64url(100)} -d x`,
      ],
      misses: [
        () => 'https://collectors.sumologic.com/receiver/v1/http/<token>',
        () => `https://collectors.sumologic.com/receiver/v1/http/${'X'.repeat(88)}==`,
      ],
    },
  },
  {
    id: 'logzio-token',
    title: 'Logz.io shipping token',
    provider: 'Logz.io',
    severity: 'medium',
    precision: 'contextual',
    keywords: ['logzio', 'logz_io', 'logz.io'],
    expression: assigned([...credentialsOf('logz[._]?io'), 'logz\\.io:8071/?\\?token'], '[A-Za-z]{32}'),
    minEntropy: 4,
    source: 'https://docs.logz.io/docs/user-guide/admin/authentication-tokens/log-shipping-token/',
    rotation: {
      url: 'https://docs.logz.io/docs/user-guide/admin/authentication-tokens/log-shipping-token/',
      steps: ['Add a token under Manage tokens, roll it out to the shippers, delete the leaked one.'],
    },
    examples: {
      matches: [
        (sample) => `LOGZIO_TOKEN=${sample.from('abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ', 32)}`,
        (sample) => `https://listener.logz.io:8071?token=${sample.from('abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ', 32)}`,
      ],
      misses: [
        () => `LOGZIO_TOKEN=${'x'.repeat(32)}`,
        (sample) => `logzio_token_id=${sample.hex(32)}`,
        () => 'LOGZIO_TOKEN=<<LOG-SHIPPING-TOKEN>>',
      ],
    },
  },
  {
    id: 'coralogix-key',
    title: 'Coralogix API key',
    provider: 'Coralogix',
    severity: 'high',
    precision: 'exact',
    keywords: ['cxtp_', 'cxup_', 'cxth_'],
    expression: token('cx(?:tp|up|th)_[A-Za-z0-9]{30}'),
    minEntropy: 3.8,
    source: 'https://coralogix.com/docs/user-guides/account-management/api-keys/api-keys/',
    rotation: {
      url: 'https://coralogix.com/docs/user-guides/account-management/api-keys/api-keys/',
      steps: [
        'Deactivate the key under Data flow > API keys and create one with the permissions that are needed.',
        'Read the audit account for its use.',
      ],
    },
    examples: {
      matches: [(sample) => `CORALOGIX_PRIVATE_KEY=cxtp_${sample.alnum(30)}`, (sample) => `Authorization: Bearer cxup_${sample.alnum(30)}`],
      misses: [() => `cxtp_${'x'.repeat(30)}`, (sample) => `cxtp_${sample.alnum(8)}`, (sample) => `fcxtp_${sample.alnum(30)}`],
    },
  },
  {
    id: 'loggly-token',
    title: 'Loggly customer token',
    provider: 'Loggly',
    severity: 'low',
    precision: 'contextual',
    keywords: ['loggly'],
    expression: assigned([...credentialsOf('loggly'), 'loggly\\.com/(?:inputs|bulk)(?=/)'], `/?${uuid}`),
    minEntropy: 3,
    source: 'https://documentation.solarwinds.com/en/success_center/loggly/content/admin/customer-token-authentication-token.htm',
    rotation: {
      url: 'https://documentation.solarwinds.com/en/success_center/loggly/content/admin/customer-token-authentication-token.htm',
      steps: ['Add a customer token, roll it out to the senders, retire the leaked one.'],
    },
    examples: {
      matches: [(sample) => `LOGGLY_TOKEN=${sample.uuid()}`, (sample) => `loggly: { token: "${sample.uuid()}" }`],
      misses: [
        () => 'LOGGLY_TOKEN=TOKEN',
        () => 'LOGGLY_TOKEN=00000000-0000-0000-0000-000000000000',
        (sample) => `loggly_id=${sample.uuid()}`,
      ],
    },
  },
  {
    id: 'mezmo-ingestion-key',
    title: 'Mezmo (LogDNA) ingestion or service key',
    provider: 'Mezmo',
    severity: 'medium',
    precision: 'contextual',
    keywords: ['mezmo', 'logdna'],
    expression: assigned(credentialsOf('mezmo', 'logdna'), '(?:[0-9a-f]{32}|sts_[0-9a-f]{32,64})'),
    minEntropy: 3.2,
    source: 'https://docs.mezmo.com/docs/ingestion-key',
    rotation: {
      url: 'https://docs.mezmo.com/docs/ingestion-key',
      steps: [
        'Add an ingestion key under Organization > API keys, roll it out, delete the leaked one.',
        'A service key also reads logs: see what was exported.',
      ],
    },
    examples: {
      matches: [(sample) => `LOGDNA_INGESTION_KEY=${sample.hex(32)}`, (sample) => `mezmo: { serviceKey: "sts_${sample.hex(32)}" }`],
      misses: [() => `LOGDNA_INGESTION_KEY=${'0'.repeat(32)}`, (sample) => `logdna-agent.deb: ${sample.hex(32)}`],
    },
  },
  {
    id: 'axiom-token',
    title: 'Axiom API or personal access token',
    provider: 'Axiom',
    severity: 'high',
    precision: 'exact',
    keywords: ['xaat-', 'xapt-'],
    expression: token(`xa[ap]t-${uuid}`),
    minEntropy: 3,
    source: 'https://axiom.co/docs/reference/tokens',
    rotation: {
      url: 'https://app.axiom.co/settings/api-tokens',
      steps: [
        'Delete the token on the linked page, a personal one in the profile, and create an API token with the least permissions.',
        'Read the audit log for queries and changes.',
      ],
    },
    examples: {
      matches: [(sample) => `AXIOM_TOKEN=xaat-${sample.uuid()}`, (sample) => `"token": "xapt-${sample.uuid()}"`],
      misses: [
        () => 'AXIOM_TOKEN=xaat-00000000-0000-0000-0000-000000000000',
        (sample) => `xaat-${sample.hex(8)}`,
        () => 'AXIOM_TOKEN=xaat-...',
      ],
    },
  },
];
