import { assigned, credentialsOf, token } from './forms.ts';
import type { Rule } from './rule.ts';

export const rules: readonly Rule[] = [
  {
    id: 'datadog-api-key',
    title: 'Datadog API key',
    provider: 'Datadog',
    severity: 'medium',
    precision: 'contextual',
    keywords: ['datadog', 'dd_api', 'dd-api', 'dd_key'],
    expression: assigned([...credentialsOf('datadog'), 'dd[_\\-](?:api[_\\-]?)?key'], '[0-9a-f]{32}'),
    minEntropy: 3.2,
    source: 'https://docs.datadoghq.com/account_management/api-app-keys/',
    rotation: {
      url: 'https://app.datadoghq.com/organization-settings/api-keys',
      steps: [
        'Create a new API key, roll it out to agents and functions, revoke the leaked one on the linked page.',
        'The key only sends data, but it can bury or falsify yours.',
      ],
    },
    examples: {
      matches: [
        (sample) => `DD_API_KEY=${sample.hex(32)}`,
        (sample) => `DD-API-KEY: ${sample.hex(32)}`,
        (sample) => `datadog: { apiKey: "${sample.hex(32)}" }`,
      ],
      misses: [
        () => `DD_API_KEY=${'0'.repeat(32)}`,
        (sample) => `datadog-agent-7.1.deb: ${sample.hex(32)}`,
        () => 'DD_API_KEY=<DATADOG_API_KEY>',
      ],
    },
  },
  {
    id: 'datadog-application-key',
    title: 'Datadog application key',
    provider: 'Datadog',
    severity: 'high',
    precision: 'contextual',
    keywords: ['datadog', 'dd_app', 'dd-app'],
    expression: assigned([...credentialsOf('datadog'), 'dd[_\\-]app(?:lication)?[_\\-]?key'], '(?:[0-9a-f]{40}|[0-9A-F]{40})'),
    minEntropy: 3.3,
    source: 'https://docs.datadoghq.com/account_management/api-app-keys/',
    rotation: {
      url: 'https://app.datadoghq.com/organization-settings/application-keys',
      steps: [
        'Revoke the key on the linked page: with an API key it may do what its owner may.',
        'Read the audit trail for what it read or changed.',
        'Create a key with scopes, for a service account.',
      ],
    },
    examples: {
      matches: [
        (sample) => `DD_APP_KEY=${sample.hex(40)}`,
        (sample) => `datadog_application_key = "${sample.hex(40)}"`,
        (sample) => `-H "DD-APPLICATION-KEY: ${sample.hex(40)}"`,
      ],
      misses: [
        () => `DD_APP_KEY=${'0'.repeat(40)}`,
        (sample) => `datadog-ci@2.0.0: ${sample.hex(40)}`,
        (sample) => `DD_GIT_COMMIT_SHA=${sample.hex(40)}`,
      ],
    },
  },
  {
    id: 'datadog-access-token',
    title: 'Datadog personal or service access token, or application key',
    provider: 'Datadog',
    severity: 'high',
    precision: 'exact',
    keywords: ['ddpat_', 'ddsat_', 'ddapp_'],
    expression: token('dd(?:pat|sat|app)_[A-Za-z0-9_-]{32,120}'),
    minEntropy: 3.8,
    notSecrets: [/^dd[a-z]{3}_[A-Za-z_-]*$/],
    source: 'https://docs.datadoghq.com/account_management/personal-access-tokens/',
    rotation: {
      url: 'https://app.datadoghq.com/personal-settings/access-tokens',
      steps: [
        'Revoke the token on the linked page, a service token at its service account, an application key in the organisation settings.',
        'Read the audit trail for what it read or changed.',
      ],
    },
    examples: {
      matches: [
        (sample) => `DD_PAT=ddpat_${sample.alnum(40)}`,
        (sample) => `curl -H "Authorization: Bearer ddsat_${sample.alnum(20)}_${sample.alnum(32)}"`,
      ],
      misses: [
        () => `DD_PAT=ddpat_${'x'.repeat(40)}`,
        (sample) => `ddapp_${sample.alnum(8)}`,
        () => 'ddapp_name_of_the_service_in_the_catalogue_of_services',
      ],
    },
  },
];
