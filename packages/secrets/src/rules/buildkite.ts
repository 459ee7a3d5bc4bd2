import { assigned, token } from './forms.ts';
import type { Rule } from './rule.ts';

const source = 'https://buildkite.com/docs/platform/security/tokens';

const kinds = [
  { prefix: 'bkua_', length: '40,64', id: 'buildkite-api-token', title: 'Buildkite API access token', severity: 'critical' },
  { prefix: 'bkaa_', length: '60,100', id: 'buildkite-agent-session-token', title: 'Buildkite agent session token', severity: 'medium' },
  { prefix: 'bkaj_', length: '100,400', id: 'buildkite-job-token', title: 'Buildkite agent job token', severity: 'low' },
  { prefix: 'bkct_', length: '60,100', id: 'buildkite-cluster-token', title: 'Buildkite cluster agent token', severity: 'high' },
  { prefix: 'bkar_', length: '60,100', id: 'buildkite-agent-token', title: 'Buildkite agent registration token', severity: 'high' },
  {
    prefix: 'bkpt_',
    length: '100,250',
    id: 'buildkite-package-token',
    title: 'Buildkite package registry temporary token',
    severity: 'low',
  },
  { prefix: 'bkps_', length: '50,80', id: 'buildkite-portal-secret', title: 'Buildkite portal secret', severity: 'high' },
  { prefix: 'bkpat_', length: '40,70', id: 'buildkite-portal-token', title: 'Buildkite portal token', severity: 'high' },
] as const;

export const rules: readonly Rule[] = [
  ...kinds.map(({ prefix, length, id, title, severity }): Rule => {
    const [shortest = '40', longest = '400'] = length.split(',');
    return {
      id,
      title,
      provider: 'Buildkite',
      severity,
      precision: 'exact',
      keywords: [prefix],
      expression: token(`${prefix}[\\w-]{${length}}`),
      minEntropy: 3.4,
      source,
      rotation: {
        url: 'https://buildkite.com/user/api-access-tokens',
        steps: [
          'Revoke the token: an API token on the linked page, an agent token in its cluster. Session, job and package tokens end by themselves.',
          'Review the audit log, the builds and agents that you do not know.',
        ],
      },
      examples: {
        matches: [
          (sample) => `BUILDKITE_TOKEN=${prefix}${sample.lower(Number(shortest))}`,
          (sample) => `curl -H "Authorization: Bearer ${prefix}${sample.alnum(Math.floor((Number(shortest) + Number(longest)) / 2))}"`,
        ],
        misses: [
          () => `BUILDKITE_TOKEN=${prefix}${'x'.repeat(Number(shortest))}`,
          (sample) => `BUILDKITE_TOKEN=${prefix}${sample.lower(20)}`,
          () => `BUILDKITE_TOKEN=${prefix}********`,
        ],
      },
    };
  }),
  {
    id: 'buildkite-legacy-agent-token',
    title: 'Buildkite agent token (older form)',
    provider: 'Buildkite',
    severity: 'high',
    precision: 'contextual',
    keywords: ['buildkite'],
    expression: assigned(['buildkite[_\\-]agent[_\\-]token', 'buildkite-agent start[ \\t]{1,4}--token'], '[0-9a-f]{42,50}'),
    minEntropy: 3.3,
    source: 'https://buildkite.com/docs/agent/v3/tokens',
    rotation: {
      url: 'https://buildkite.com/docs/agent/v3/tokens#revoke-a-token',
      steps: [
        'Create a new agent token, restart the agents with it, revoke the leaked one.',
        'Look for agents that you did not start: they see the jobs they take.',
      ],
    },
    examples: {
      matches: [(sample) => `BUILDKITE_AGENT_TOKEN=${sample.hex(50)}`, (sample) => `buildkite-agent start --token ${sample.hex(42)}`],
      misses: [() => 'BUILDKITE_AGENT_TOKEN=INSERT-YOUR-AGENT-TOKEN-HERE', () => `BUILDKITE_AGENT_TOKEN=${'0'.repeat(50)}`],
    },
  },
];
