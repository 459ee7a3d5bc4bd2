import { assigned, credentialsOf, token } from './forms.ts';
import type { Rule } from './rule.ts';

/** Keepers of metrics and traces, with one or two kinds of token each. */
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
];
