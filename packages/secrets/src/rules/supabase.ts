import { token } from './forms.ts';
import type { Rule } from './rule.ts';
import type { Sampler } from './sampler.ts';

export const rules: readonly Rule[] = [
  {
    id: 'supabase-access-token',
    title: 'Supabase management access token',
    provider: 'Supabase',
    severity: 'critical',
    precision: 'exact',
    keywords: ['sbp_'],
    expression: token('sbp_(?:oauth_|v0_)?[0-9a-f]{40}'),
    minEntropy: 3.2,
    source: 'https://supabase.com/docs/reference/api/introduction',
    rotation: {
      url: 'https://supabase.com/dashboard/account/tokens',
      steps: [
        'Revoke the token on the linked page.',
        'Review the organisation audit log; rotate the keys and database passwords of its projects, which the token could read or change.',
      ],
    },
    examples: {
      matches: [(sample) => `SUPABASE_ACCESS_TOKEN=sbp_${sample.hex(40)}`, (sample) => `"--access-token", "sbp_oauth_${sample.hex(40)}"`],
      misses: [
        () => `SUPABASE_ACCESS_TOKEN=sbp_${'0'.repeat(40)}`,
        (sample) => `sbp_${sample.hex(12)}`,
        (sample) => `sbp_${sample.hex(64)}`,
      ],
    },
  },
  {
    id: 'supabase-secret-key',
    title: 'Supabase secret API key',
    provider: 'Supabase',
    severity: 'critical',
    precision: 'exact',
    keywords: ['sb_secret_'],
    expression: token('sb_secret_[\\w-]{22}_[\\w-]{8}'),
    minEntropy: 3.8,
    source: 'https://supabase.com/docs/guides/api/api-keys',
    rotation: {
      url: 'https://supabase.com/dashboard/project/_/settings/api-keys',
      steps: [
        'Create a second secret key, replace the leaked one in the servers, then delete it: it bypasses Row Level Security.',
        'Review the API and database logs for reads and writes you do not know.',
      ],
    },
    examples: {
      matches: [
        (sample) => `SUPABASE_SECRET_KEY=sb_secret_${sample.base64url(22)}_${sample.base64url(8)}`,
        (sample) => `createClient(url, 'sb_secret_${sample.alnum(22)}_${sample.alnum(8)}')`,
      ],
      misses: [
        () => `SUPABASE_SECRET_KEY=sb_secret_${'x'.repeat(22)}_xxxxxxxx`,
        () => 'sb_secret_...',
        (sample) => `sb_publishable_${sample.alnum(22)}_${sample.alnum(8)}`,
      ],
    },
  },
  {
    id: 'supabase-service-role-key',
    title: 'Supabase service_role key (JWT)',
    provider: 'Supabase',
    severity: 'critical',
    precision: 'exact',
    // The payload `{"iss":"supabase",` in base64.
    keywords: ['.eyJpc3MiOiJzdXBhYmFzZSIs'],
    lookBehind: 60,
    expression: token('eyJ[\\w-]{10,50}\\.eyJpc3MiOiJzdXBhYmFzZSIs[\\w-]{20,300}\\.[\\w-]{43}'),
    isValid: isServiceRole,
    source: 'https://supabase.com/docs/guides/api/api-keys',
    rotation: {
      url: 'https://supabase.com/dashboard/project/_/settings/jwt',
      steps: [
        'Move to the new secret keys and disable the legacy JWT keys, or rotate the JWT secret, which also voids the anon key and all sessions.',
        'Review the API and database logs: this key bypasses Row Level Security.',
      ],
    },
    examples: {
      matches: [
        (sample) => `SUPABASE_SERVICE_ROLE_KEY=${serviceKey(sample, 'service_role')}`,
        (sample) => `"serviceKey": "${serviceKey(sample, 'service_role')}",`,
      ],
      misses: [
        (sample) => `SUPABASE_ANON_KEY=${serviceKey(sample, 'anon')}`,
        (sample) => `key=eyJhbGci.${serviceKey(sample, 'service_role').slice(40, 90)}`,
      ],
    },
  },
];

function isServiceRole(secret: string): boolean {
  return /"role"\s*:\s*"service_role"/.test(Buffer.from(secret.split('.')[1] ?? '', 'base64url').toString('latin1'));
}

function serviceKey(sample: Sampler, role: string): string {
  const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const payload = { iss: 'supabase', ref: sample.lower(20), role, iat: 1_700_000_000, exp: 2_000_000_000 };
  return `${encode({ alg: 'HS256', typ: 'JWT' })}.${encode(payload)}.${sample.base64url(43)}`;
}
