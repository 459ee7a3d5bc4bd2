import { assigned, credentialsOf, token } from './forms.ts';
import type { Rule } from './rule.ts';

const uuid = '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}';

/** Keepers of logs, metrics, traces and errors with one or two kinds of token each. */
export const rules: readonly Rule[] = [
  {
    id: 'dynatrace-token',
    title: 'Dynatrace token',
    provider: 'Dynatrace',
    severity: 'high',
    precision: 'exact',
    keywords: ['dt0c01.', 'dt0s01.', 'dt0s02.', 'dt0s03.', 'dt0s08.', 'dt0s16.'],
    expression: token('dt0(?:c01|s0[1238]|s16)\\.[A-Z0-9]{24}\\.[A-Z0-9]{64}'),
    minEntropy: 4,
    source: 'https://docs.dynatrace.com/docs/manage/identity-access-management/access-tokens-and-oauth-clients/access-tokens',
    rotation: {
      url: 'https://docs.dynatrace.com/docs/manage/identity-access-management/access-tokens-and-oauth-clients/access-tokens',
      steps: [
        'Delete the token: the part up to the second dot is its id in the list of access tokens.',
        'Read the audit log for that id.',
        'Generate a token with the least scopes and an end.',
      ],
    },
    examples: {
      matches: [
        (sample) => `DT_API_TOKEN=dt0c01.${sample.upper(24)}.${sample.upper(64)}`,
        (sample) => `Authorization: Api-Token dt0s16.${sample.upper(24)}.${sample.upper(64)}`,
      ],
      misses: [
        () => `dt0c01.${'X'.repeat(24)}.${'X'.repeat(64)}`,
        (sample) => `dt0c01.${sample.upper(24)}`,
        () => 'DT_API_TOKEN=dt0c01.<id>.<secret>',
      ],
    },
  },
  {
    id: 'honeycomb-ingest-key',
    title: 'Honeycomb ingest key',
    provider: 'Honeycomb',
    severity: 'medium',
    precision: 'exact',
    keywords: ['hcaik_', 'hcbik_', 'hccik_', 'hcdik_', 'hcxik_'],
    expression: token('hc[a-dx]ik_[a-z0-9]{58}'),
    minEntropy: 4,
    source: 'https://docs.honeycomb.io/api/authentication',
    rotation: {
      url: 'https://docs.honeycomb.io/configure/environments/manage-api-keys/',
      steps: [
        'Create a new ingest key in its environment, roll it out, delete the leaked one.',
        'The key only sends data, but it can bury or falsify yours.',
      ],
    },
    examples: {
      matches: [(sample) => `HONEYCOMB_API_KEY=hcaik_${sample.lower(58)}`, (sample) => `x-honeycomb-team: hcbik_${sample.lower(58)}`],
      misses: [() => `HONEYCOMB_API_KEY=hcaik_${'x'.repeat(58)}`, (sample) => `hcaik_${sample.lower(26)}`],
    },
  },
  {
    id: 'honeycomb-configuration-key',
    title: 'Honeycomb configuration key',
    provider: 'Honeycomb',
    severity: 'high',
    precision: 'contextual',
    keywords: ['honeycomb', 'hny_'],
    expression: assigned([...credentialsOf('honeycomb', 'hny_'), 'honeycomb-team'], '(?:[A-Za-z0-9]{22}|[0-9a-f]{32})'),
    minEntropy: 3.3,
    notSecrets: [/^[A-Za-z]*$/],
    source: 'https://docs.honeycomb.io/api/authentication',
    rotation: {
      url: 'https://docs.honeycomb.io/configure/environments/manage-api-keys/',
      steps: ['Create a new key with only the permissions that are needed, roll it out, delete the leaked one.'],
    },
    examples: {
      matches: [(sample) => `HONEYCOMB_API_KEY=${sample.alnum(21)}7`, (sample) => `curl -H "X-Honeycomb-Team: ${sample.hex(32)}"`],
      misses: [
        () => `HONEYCOMB_API_KEY=${'x'.repeat(22)}`,
        () => 'HONEYCOMB_API_KEY=your-api-key',
        () => 'honeycombKey = getHoneycombKeyFromEnv',
      ],
    },
  },
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
    id: 'rollbar-access-token',
    title: 'Rollbar access token',
    provider: 'Rollbar',
    severity: 'medium',
    precision: 'contextual',
    keywords: ['rollbar'],
    // Client tokens (post_client_item) stand in web pages by design; nothing in the value tells them apart.
    expression: assigned(credentialsOf('rollbar(?![\\w.\\-]{0,16}client)'), '[0-9a-f]{32}'),
    minEntropy: 3.2,
    source: 'https://docs.rollbar.com/docs/access-tokens',
    rotation: {
      url: 'https://docs.rollbar.com/docs/access-tokens',
      steps: [
        'Disable the token in the settings of its project and create one with the scope that is needed.',
        'A token with read or write scope shows events, which hold personal data.',
      ],
    },
    examples: {
      matches: [(sample) => `ROLLBAR_ACCESS_TOKEN=${sample.hex(32)}`, (sample) => `Rollbar.configure { accessToken: '${sample.hex(32)}' }`],
      misses: [
        (sample) => `ROLLBAR_CLIENT_TOKEN=${sample.hex(32)}`,
        () => `ROLLBAR_ACCESS_TOKEN=${'0'.repeat(32)}`,
        () => 'ROLLBAR_ACCESS_TOKEN=POST_SERVER_ITEM_ACCESS_TOKEN',
      ],
    },
  },
  {
    id: 'bugsnag-api-key',
    title: 'Bugsnag API key',
    provider: 'Bugsnag',
    severity: 'low',
    precision: 'contextual',
    keywords: ['bugsnag'],
    expression: assigned(credentialsOf('bugsnag'), '[0-9a-f]{32}'),
    minEntropy: 3.2,
    source: 'https://docs.bugsnag.com/product/getting-started/',
    rotation: {
      url: 'https://docs.bugsnag.com/product/getting-started/',
      steps: [
        'The notifier key only sends errors and stands in apps by design; regenerate it under Project settings if others send with it.',
      ],
    },
    examples: {
      matches: [(sample) => `BUGSNAG_API_KEY=${sample.hex(32)}`, (sample) => `Bugsnag.start({ apiKey: '${sample.hex(32)}' })`],
      misses: [
        () => `BUGSNAG_API_KEY=${'0'.repeat(32)}`,
        () => 'BUGSNAG_API_KEY=your-api-key-here',
        (sample) => `bugsnag-js@7: ${sample.hex(32)}`,
      ],
    },
  },
  {
    id: 'airbrake-project-key',
    title: 'Airbrake project or user key',
    provider: 'Airbrake',
    severity: 'medium',
    precision: 'contextual',
    keywords: ['airbrake'],
    expression: assigned(credentialsOf('airbrake'), '(?:[0-9a-f]{32}|[0-9a-f]{40})'),
    minEntropy: 3.2,
    source: 'https://docs.airbrake.io/docs/devops-tools/api/',
    rotation: {
      url: 'https://docs.airbrake.io/docs/devops-tools/api/',
      steps: ['Regenerate the project key in the project settings, a user key in the profile, and replace it in the senders.'],
    },
    examples: {
      matches: [(sample) => `AIRBRAKE_PROJECT_KEY=${sample.hex(32)}`, (sample) => `airbrake: { userKey: "${sample.hex(40)}" }`],
      misses: [() => `AIRBRAKE_PROJECT_KEY=${'0'.repeat(32)}`, (sample) => `AIRBRAKE_PROJECT_ID=${sample.digits(6)}`],
    },
  },
  {
    id: 'pagerduty-api-key',
    title: 'PagerDuty REST API key',
    provider: 'PagerDuty',
    severity: 'high',
    precision: 'contextual',
    keywords: ['pagerduty', 'pager_duty', 'pd_api', 'pd_token'],
    expression: assigned([...credentialsOf('pager_?duty'), 'pd_(?:api_)?(?:key|token)'], '(?:u\\+[A-Za-z0-9+_-]{18}|[A-Za-z0-9+_-]{20})'),
    minEntropy: 3.5,
    notSecrets: [/^[^0-9]*$/, /^[^A-Z]*$/],
    source: 'https://support.pagerduty.com/main/docs/api-access-keys',
    rotation: {
      url: 'https://support.pagerduty.com/main/docs/api-access-keys#remove-or-disable-an-api-key',
      steps: [
        'Disable, then remove the key under Integrations > API access keys, a user key in the profile.',
        'Review the audit trail: schedules, escalation policies and overrides that were changed.',
      ],
    },
    examples: {
      matches: [
        (sample) => `PAGERDUTY_API_KEY=u+${sample.alnum(18)}`,
        (sample) => `pagerduty_token = "${sample.alnum(20)}"`,
        (sample) => `PD_API_TOKEN=${sample.alnum(20)}`,
      ],
      misses: [
        () => `PAGERDUTY_API_KEY=${'x'.repeat(20)}`,
        () => 'PAGERDUTY_TOKEN=your-pagerduty-token',
        () => 'pagerDutyKey: pagerDutyKeyFromEnv_',
      ],
    },
  },
  {
    id: 'pagerduty-integration-key',
    title: 'PagerDuty integration (routing) key',
    provider: 'PagerDuty',
    severity: 'medium',
    precision: 'contextual',
    keywords: ['pagerduty', 'pager_duty', 'routing_key'],
    expression: assigned([...credentialsOf('pager_?duty'), 'routing_key'], '(?:[0-9a-f]{32}|R[A-Z0-9]{31})'),
    minEntropy: 3.2,
    notSecrets: [/^(?![0-9a-f]{32}$|R[A-Z0-9]{31}$)/],
    source: 'https://support.pagerduty.com/main/docs/services-and-integrations',
    rotation: {
      url: 'https://support.pagerduty.com/main/docs/services-and-integrations',
      steps: [
        'Add a second integration to the service, move the senders to it, delete the leaked one.',
        'The key only raises and resolves incidents, but it can silence a real one.',
      ],
    },
    examples: {
      matches: [
        (sample) => `PAGERDUTY_SERVICE_KEY=${sample.hex(32)}`,
        (sample) => `{"routing_key": "R${sample.upper(31)}", "event_action": "trigger"}`,
      ],
      misses: [
        () => `{"routing_key": "${'0'.repeat(32)}"}`,
        () => '{"routing_key": "requestsOfTheOrdersQueueInRegion1"}',
        () => 'routing_key: $PAGERDUTY_KEY',
      ],
    },
  },
  {
    id: 'opsgenie-api-key',
    title: 'Opsgenie API key',
    provider: 'Opsgenie',
    severity: 'high',
    precision: 'contextual',
    keywords: ['opsgenie', 'geniekey'],
    expression: assigned([...credentialsOf('opsgenie'), 'geniekey'], uuid),
    minEntropy: 3,
    source: 'https://support.atlassian.com/opsgenie/docs/api-key-management/',
    rotation: {
      url: 'https://support.atlassian.com/opsgenie/docs/api-key-management/',
      steps: [
        'Delete the key under Settings > API key management, an integration key in its integration.',
        'Review the logs for alerts that were closed or rules that were changed.',
      ],
    },
    examples: {
      matches: [
        (sample) => `OPSGENIE_API_KEY=${sample.uuid()}`,
        (sample) => `"Authorization": "GenieKey ${sample.uuid()}"`,
        (sample) => `opsgenie: { apiKey: "${sample.uuid()}" }`,
      ],
      misses: [(sample) => `opsgenie_team_id=${sample.uuid()}`, () => 'OPSGENIE_API_KEY=00000000-0000-0000-0000-000000000000'],
    },
  },
  {
    id: 'better-stack-token',
    title: 'Better Stack API or source token',
    provider: 'Better Stack',
    severity: 'medium',
    precision: 'contextual',
    keywords: ['betteruptime', 'better_uptime', 'betterstack', 'better_stack', 'logtail'],
    expression: assigned(credentialsOf('better_?uptime', 'better_?stack', 'logtail'), '[A-Za-z0-9]{24}'),
    minEntropy: 3.7,
    notSecrets: [/^[0-9a-f]{24}$/, /^[^0-9]*$/, /^[^A-Z]*$/],
    source: 'https://betterstack.com/docs/uptime/api/getting-started-with-uptime-api/',
    rotation: {
      url: 'https://betterstack.com/settings/api-tokens',
      steps: ['Delete the token on the page above, a source token in the settings of its source, and create a new one.'],
    },
    examples: {
      matches: [
        (sample) => `BETTERUPTIME_API_TOKEN=${sample.alnum(24)}`,
        (sample) => `new Logtail({ sourceToken: "${sample.alnum(24)}" })`,
      ],
      misses: [
        () => `LOGTAIL_SOURCE_TOKEN=${'x'.repeat(24)}`,
        () => 'logtailToken = readLogtailTokenFrom',
        (sample) => `LOGTAIL_TOKEN=${sample.alnum(12)}`,
      ],
    },
  },
  {
    id: 'statuscake-api-token',
    title: 'StatusCake API token',
    provider: 'StatusCake',
    severity: 'medium',
    precision: 'contextual',
    keywords: ['statuscake', 'status_cake'],
    expression: assigned(credentialsOf('status_?cake'), '[A-Za-z0-9_-]{20,36}'),
    minEntropy: 3.5,
    notSecrets: [/^[^0-9]*$/, /[_-][a-z]{3,}[_-]/],
    source: 'https://developers.statuscake.com/guides/api/authentication/',
    rotation: {
      url: 'https://app.statuscake.com/User.php',
      steps: [
        'Regenerate the API key in the account settings and replace it in the clients.',
        'Review the tests and contact groups: alerts may have been turned off.',
      ],
    },
    examples: {
      matches: [(sample) => `STATUSCAKE_API_TOKEN=${sample.alnum(27)}4`, (sample) => `statuscake_api_key: "${sample.alnum(19)}8"`],
      misses: [() => `STATUSCAKE_API_TOKEN=${'x'.repeat(20)}`, () => 'STATUSCAKE_API_TOKEN=your_statuscake_api_token_here'],
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
        'Delete the token on the page above, a personal one in the profile, and create an API token with the least permissions.',
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
  {
    id: 'checkly-api-key',
    title: 'Checkly user API key',
    provider: 'Checkly',
    severity: 'high',
    precision: 'exact',
    keywords: ['cu_'],
    expression: token('cu_[0-9a-f]{32}'),
    minEntropy: 3.3,
    source: 'https://www.checklyhq.com/docs/accounts-and-users/creating-api-key/',
    rotation: {
      url: 'https://app.checklyhq.com/settings/user/api-keys',
      steps: [
        'Delete the key on the page above.',
        'Check scripts may hold other secrets in their variables: rotate those that the key could read.',
      ],
    },
    examples: {
      matches: [(sample) => `CHECKLY_API_KEY=cu_${sample.hex(32)}`, (sample) => `apiKey: "cu_${sample.hex(32)}"`],
      misses: [() => `CHECKLY_API_KEY=cu_${'0'.repeat(32)}`, (sample) => `cu_${sample.hex(8)}`, (sample) => `acu_${sample.hex(32)}`],
    },
  },
  {
    id: 'appsignal-push-key',
    title: 'AppSignal push API key',
    provider: 'AppSignal',
    severity: 'low',
    precision: 'contextual',
    keywords: ['appsignal', 'app_signal'],
    expression: assigned(credentialsOf('app_?signal'), uuid),
    minEntropy: 3,
    source: 'https://docs.appsignal.com/appsignal/terminology.html#push-api-key',
    rotation: {
      url: 'https://appsignal.com/redirect-to/organization?to=admin/api_keys',
      steps: ['Add a push key, roll it out, delete the leaked one.', 'The key only sends data, but it can bury or falsify yours.'],
    },
    examples: {
      matches: [(sample) => `APPSIGNAL_PUSH_API_KEY=${sample.uuid()}`, (sample) => `appsignal: { push_api_key: "${sample.uuid()}" }`],
      misses: [(sample) => `appsignal_site=${sample.uuid()}`, () => 'APPSIGNAL_PUSH_API_KEY=00000000-0000-0000-0000-000000000000'],
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
];
