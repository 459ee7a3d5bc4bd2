import type { Rule } from './rule.ts';

const url = 'https://dashboard.clerk.com/last-active?path=api-keys';

// Stripe uses the same prefix; only Clerk's name on the line tells the two apart.
const named = (form: string): RegExp => new RegExp(`clerk[^\\r\\n]{0,80}?(?<![A-Za-z0-9_])(?<secret>${form})(?![A-Za-z0-9_])`, 'i');

export const rules: readonly Rule[] = [
  {
    id: 'clerk-secret-key',
    title: 'Clerk live secret key',
    provider: 'Clerk',
    severity: 'critical',
    precision: 'contextual',
    keywords: ['clerk'],
    expression: named('sk_live_[A-Za-z0-9]{32,50}'),
    minEntropy: 3.8,
    source: 'https://clerk.com/docs/deployments/clerk-environment-variables',
    rotation: {
      url,
      steps: [
        'Add a new secret key on the linked page, switch to it and delete the leaked one.',
        'Check users, sessions and impersonations since the leak; end all sessions if in doubt.',
      ],
    },
    examples: {
      matches: [
        (sample) => `CLERK_SECRET_KEY=sk_live_${sample.alnum(42)}`,
        (sample) => `createClerkClient({ secretKey: 'sk_live_${sample.alnum(42)}' })`,
      ],
      misses: [() => 'CLERK_SECRET_KEY=sk_live_xxxxx', (sample) => `CLERK_PUBLISHABLE_KEY=pk_live_${sample.alnum(42)}`],
    },
  },
  {
    id: 'clerk-test-secret-key',
    title: 'Clerk development secret key',
    provider: 'Clerk',
    severity: 'low',
    precision: 'contextual',
    keywords: ['clerk'],
    expression: named('sk_test_[A-Za-z0-9]{32,50}'),
    minEntropy: 3.8,
    source: 'https://clerk.com/docs/deployments/clerk-environment-variables',
    rotation: { url, steps: ['Add a new secret key in the development instance and delete the leaked one.'] },
    examples: {
      matches: [(sample) => `CLERK_SECRET_KEY=sk_test_${sample.alnum(42)}`, (sample) => `clerk: "sk_test_${sample.alnum(50)}"`],
      misses: [() => 'CLERK_SECRET_KEY=sk_test_...', () => `CLERK_SECRET_KEY=sk_test_${'x'.repeat(42)}`],
    },
  },
];
