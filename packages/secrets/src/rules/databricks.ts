import { token } from './forms.ts';
import type { Rule } from './rule.ts';

export const rules: readonly Rule[] = [
  {
    id: 'databricks-personal-access-token',
    title: 'Databricks personal access token',
    provider: 'Databricks',
    severity: 'critical',
    precision: 'exact',
    keywords: ['dapi'],
    expression: token('dapi[0-9a-f]{32}(?:-\\d)?'),
    minEntropy: 3.2,
    source: 'https://docs.databricks.com/dev-tools/auth/pat.html',
    rotation: {
      url: 'https://docs.databricks.com/dev-tools/auth/pat.html',
      steps: [
        'Revoke the token under Settings > Developer > Access tokens of its workspace.',
        'Search the audit log for its use: notebooks, jobs, secrets and tables that were read.',
        'Use OAuth for service principals instead.',
      ],
    },
    examples: {
      matches: [
        (sample) => `DATABRICKS_TOKEN=dapi${sample.hex(32)}`,
        (sample) => `token = dapi${sample.hex(32)}-2`,
        (sample) => `"Authorization": "Bearer dapi${sample.hex(32)}"`,
      ],
      misses: [() => `DATABRICKS_TOKEN=dapi${'0'.repeat(32)}`, (sample) => `dapi${sample.hex(12)}`, (sample) => `dapi${sample.hex(40)}`],
    },
  },
  {
    id: 'databricks-oauth-secret',
    title: 'Databricks service principal OAuth secret',
    provider: 'Databricks',
    severity: 'critical',
    precision: 'exact',
    keywords: ['dose'],
    expression: token('dose[0-9A-Za-z]{32}'),
    minEntropy: 3.2,
    notSecrets: [/^[A-Za-z]*$/],
    source: 'https://docs.databricks.com/dev-tools/auth/oauth-m2m.html',
    rotation: {
      url: 'https://docs.databricks.com/dev-tools/auth/oauth-m2m.html',
      steps: [
        'Generate a second secret for the service principal, roll it out, delete the leaked one.',
        'Search the audit log for the service principal.',
      ],
    },
    examples: {
      matches: [(sample) => `DATABRICKS_CLIENT_SECRET=dose${sample.hex(32)}`, (sample) => `client_secret: "dose${sample.hex(32)}"`],
      misses: [() => `client_secret=dose${'0'.repeat(32)}`, (sample) => `dose${sample.hex(8)}`, (sample) => `overdose${sample.hex(32)}`],
    },
  },
];
