import { assigned, credentialsOf, token, uuid } from './forms.ts';
import type { Rule } from './rule.ts';

/** Services that watch and wake people, with one or two kinds of key each: who holds one can silence an alarm. */
export const rules: readonly Rule[] = [
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
      steps: ['Delete the token on the linked page, a source token in the settings of its source, and create a new one.'],
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
        'Delete the key on the linked page.',
        'Check scripts may hold other secrets in their variables: rotate those that the key could read.',
      ],
    },
    examples: {
      matches: [(sample) => `CHECKLY_API_KEY=cu_${sample.hex(32)}`, (sample) => `apiKey: "cu_${sample.hex(32)}"`],
      misses: [() => `CHECKLY_API_KEY=cu_${'0'.repeat(32)}`, (sample) => `cu_${sample.hex(8)}`, (sample) => `acu_${sample.hex(32)}`],
    },
  },
];
