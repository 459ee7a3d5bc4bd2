import { assigned, credentialsOf, token } from './forms.ts';
import type { Rule } from './rule.ts';

const source = 'https://docs.newrelic.com/docs/apis/intro-apis/new-relic-api-keys/';
const url = 'https://one.newrelic.com/launcher/api-keys-ui.api-keys-launcher';

export const rules: readonly Rule[] = [
  {
    id: 'new-relic-user-key',
    title: 'New Relic user API key',
    provider: 'New Relic',
    severity: 'high',
    precision: 'exact',
    keywords: ['NRAK-'],
    expression: token('NRAK-[A-Z0-9]{27}'),
    minEntropy: 3.6,
    source,
    rotation: {
      url,
      steps: [
        'Delete the key on the linked page.',
        'Read the audit events (NrAuditEvent) for what its user changed.',
        'Create a new key and keep it in the secret store.',
      ],
    },
    examples: {
      matches: [
        (sample) => `NEW_RELIC_API_KEY=NRAK-${sample.upper(27)}`,
        (sample) => `curl -H 'API-Key: NRAK-${sample.upper(27)}' https://api.newrelic.com/graphql`,
      ],
      misses: [
        () => `NEW_RELIC_API_KEY=NRAK-${'X'.repeat(27)}`,
        (sample) => `NRAK-${sample.upper(8)}`,
        () => 'NEW_RELIC_API_KEY=NRAK-YOUR-KEY',
      ],
    },
  },
  {
    id: 'new-relic-license-key',
    title: 'New Relic licence key',
    provider: 'New Relic',
    severity: 'medium',
    precision: 'exact',
    keywords: ['NRAL'],
    lookBehind: 36,
    expression: token('(?:[0-9a-f]{36}|(?:eu01xx|[a-z]{2}\\d{2}xx)[0-9a-f]{30}|[0-9a-f]{32}FFFF)NRAL'),
    minEntropy: 3.2,
    source,
    rotation: {
      url,
      steps: [
        'Create a new ingest licence key on the linked page, roll it out to the agents, delete the leaked one (the original one through support).',
        'The key only sends data, but it can bury or falsify yours.',
      ],
    },
    examples: {
      matches: [
        (sample) => `NEW_RELIC_LICENSE_KEY=${sample.hex(32)}FFFFNRAL`,
        (sample) => `license_key: 'eu01xx${sample.hex(30)}NRAL'`,
        (sample) => `ENV NEW_RELIC_LICENSE_KEY ${sample.hex(36)}NRAL`,
      ],
      misses: [
        () => `NEW_RELIC_LICENSE_KEY=${'0'.repeat(36)}NRAL`,
        (sample) => `${sample.hex(20)}NRAL`,
        (sample) => `${sample.hex(60)}NRAL`,
      ],
    },
  },
  {
    id: 'new-relic-legacy-license-key',
    title: 'New Relic licence key (older form)',
    provider: 'New Relic',
    severity: 'medium',
    precision: 'contextual',
    keywords: ['newrelic', 'new_relic', 'new-relic'],
    expression: assigned(credentialsOf('new[_\\-]?relic'), '[0-9a-f]{40}'),
    minEntropy: 3.3,
    source,
    rotation: {
      url,
      steps: [
        'Create a new ingest licence key on the linked page, roll it out to the agents, have support delete the leaked one.',
        'The key only sends data, but it can bury or falsify yours.',
      ],
    },
    examples: {
      matches: [(sample) => `NEW_RELIC_LICENSE_KEY=${sample.hex(40)}`, (sample) => `newrelic.setLicenseKey("${sample.hex(40)}")`],
      misses: [
        (sample) => `newrelic_version=${sample.hex(40)}`,
        () => `NEW_RELIC_LICENSE_KEY=${'0'.repeat(40)}`,
        (sample) => `NEW_RELIC_LICENSE_KEY=${sample.hex(36)}NRAL`,
      ],
    },
  },
  {
    id: 'new-relic-insights-key',
    title: 'New Relic Insights insert or query key',
    provider: 'New Relic',
    severity: 'medium',
    precision: 'exact',
    keywords: ['NRII-', 'NRIQ-'],
    expression: token('NRI[IQ]-[\\w-]{32}'),
    minEntropy: 3.8,
    source,
    rotation: {
      url: 'https://docs.newrelic.com/docs/apis/intro-apis/new-relic-api-keys/#insights-keys',
      steps: ['Delete the key in the Insights key settings.', 'Use a licence key to send and a user key to query.'],
    },
    examples: {
      matches: [(sample) => `NEW_RELIC_INSERT_KEY=NRII-${sample.base64url(32)}`, (sample) => `X-Query-Key: NRIQ-${sample.base64url(32)}`],
      misses: [() => `NRII-${'x'.repeat(32)}`, (sample) => `NRII-${sample.alnum(8)}`],
    },
  },
  {
    id: 'new-relic-admin-key',
    title: 'New Relic admin or REST API key',
    provider: 'New Relic',
    severity: 'high',
    precision: 'exact',
    keywords: ['NRAA-', 'NRRA-'],
    expression: token('NR(?:AA-[0-9a-f]{27}|RA-[0-9a-f]{42})'),
    minEntropy: 3.3,
    source,
    rotation: {
      url,
      steps: [
        'Delete the key in the account settings; admin keys have become user keys and are listed there.',
        'Read the audit events (NrAuditEvent).',
      ],
    },
    examples: {
      matches: [(sample) => `X-Api-Key: NRAA-${sample.hex(27)}`, (sample) => `NEWRELIC_REST_KEY=NRRA-${sample.hex(42)}`],
      misses: [() => `NRAA-${'0'.repeat(27)}`, (sample) => `NRRA-${sample.hex(12)}`],
    },
  },
  {
    id: 'new-relic-browser-key',
    title: 'New Relic browser key',
    provider: 'New Relic',
    severity: 'info',
    precision: 'exact',
    keywords: ['NRJS-', 'NRBR-'],
    expression: token('NR(?:JS|BR)-[0-9a-f]{19}'),
    minEntropy: 3,
    source,
    rotation: {
      url,
      steps: [
        'The key stands in web pages by design and only sends browser data. Delete it on the linked page only if others send with it.',
      ],
    },
    examples: {
      matches: [
        (sample) => `licenseKey:"NRJS-${sample.hex(19)}",applicationID:"1"`,
        (sample) => `NEW_RELIC_BROWSER_KEY=NRJS-${sample.hex(19)}`,
      ],
      misses: [() => `NRJS-${'0'.repeat(19)}`, (sample) => `NRJS-${sample.hex(6)}`],
    },
  },
];
