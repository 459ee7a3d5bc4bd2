import { crc32 } from 'node:zlib';
import { toBase62 } from './base62.ts';
import { token } from './forms.ts';
import type { Rule } from './rule.ts';
import type { Sampler } from './sampler.ts';

const source = 'https://docs.github.com/en/authentication/keeping-your-account-and-data-secure/about-authentication-to-github';

const classicTokens = [
  {
    prefix: 'ghp_',
    id: 'github-personal-access-token',
    title: 'GitHub personal access token (classic)',
    url: 'https://github.com/settings/tokens',
  },
  { prefix: 'gho_', id: 'github-oauth-access-token', title: 'GitHub OAuth access token', url: 'https://github.com/settings/applications' },
  {
    prefix: 'ghu_',
    id: 'github-app-user-token',
    title: 'GitHub App user access token',
    url: 'https://github.com/settings/apps/authorizations',
  },
  {
    prefix: 'ghs_',
    id: 'github-app-installation-token',
    title: 'GitHub App installation access token',
    url: 'https://github.com/settings/apps',
  },
  { prefix: 'ghr_', id: 'github-refresh-token', title: 'GitHub App refresh token', url: 'https://github.com/settings/apps/authorizations' },
];

export const rules: readonly Rule[] = [
  ...classicTokens.map(({ prefix, id, title, url }): Rule => ({
    id,
    title,
    provider: 'GitHub',
    severity: 'critical',
    precision: 'exact',
    keywords: [prefix],
    expression: token(`${prefix}[A-Za-z0-9]{36}`),
    isValid: hasGitHubChecksum,
    source,
    rotation: {
      url,
      steps: [
        'Revoke the token on the linked page.',
        'Review the security log of the account for use you do not know.',
        'Issue a new token with the least scopes and an expiry date.',
      ],
    },
    examples: {
      matches: [
        (sample) => `export GITHUB_TOKEN=${withChecksum(prefix, sample)}`,
        (sample) => `{"auth": "${withChecksum(prefix, sample)}"}`,
        (sample) => `https://x-access-token:${withChecksum(prefix, sample)}@github.com/o/r.git`,
      ],
      misses: [
        (sample) => `token = ${prefix}${sample.alnum(20)}`,
        (sample) => `token = ${prefix}${sample.alnum(30)}AAAAAA`,
        (sample) => `token = ${withChecksum(prefix, sample)}${sample.alnum(4)}`,
        () => `token = ${prefix}${'x'.repeat(36)}`,
      ],
    },
  })),
  {
    id: 'github-app-installation-token-signed',
    title: 'GitHub App installation access token (signed form)',
    provider: 'GitHub',
    severity: 'critical',
    precision: 'exact',
    keywords: ['ghs_'],
    expression: token('ghs_[0-9]{1,12}_eyJ[\\w-]{10,600}\\.eyJ[\\w-]{10,2000}\\.[\\w-]{16,1400}'),
    reach: 4096,
    source,
    rotation: {
      url: 'https://github.com/settings/apps',
      steps: [
        'The token ends within the hour; `DELETE /installation/token` with it ends it at once.',
        'Review what the installation may do, and its audit log.',
      ],
    },
    examples: {
      matches: [
        (sample) => `GITHUB_TOKEN=ghs_${sample.digits(6)}_eyJ${sample.base64url(40)}.eyJ${sample.base64url(90)}.${sample.base64url(86)}`,
        (sample) => `{"token": "ghs_${sample.digits(7)}_eyJ${sample.base64url(40)}.eyJ${sample.base64url(90)}.${sample.base64url(342)}"}`,
      ],
      misses: [() => 'GITHUB_TOKEN=ghs_12345_eyJ...', (sample) => `ghs_${sample.digits(6)}_${sample.alnum(60)}`],
    },
  },
  {
    id: 'github-fine-grained-token',
    title: 'GitHub fine-grained personal access token',
    provider: 'GitHub',
    severity: 'critical',
    precision: 'exact',
    keywords: ['github_pat_'],
    expression: token('github_pat_[A-Za-z0-9]{22}_[A-Za-z0-9]{59}'),
    minEntropy: 4,
    source,
    rotation: {
      url: 'https://github.com/settings/personal-access-tokens',
      steps: [
        'Revoke the token on the linked page.',
        'Review the security log of the account.',
        'Issue a new token for the repositories and permissions that are needed, with an expiry date.',
      ],
    },
    examples: {
      matches: [
        (sample) => `GH_TOKEN: github_pat_${sample.alnum(22)}_${sample.alnum(59)}`,
        (sample) => `curl -H "Authorization: Bearer github_pat_${sample.alnum(22)}_${sample.alnum(59)}"`,
      ],
      misses: [(sample) => `github_pat_${sample.alnum(22)}_${sample.alnum(20)}`, () => `github_pat_${'a'.repeat(22)}_${'a'.repeat(59)}`],
    },
  },
];

/** The last six characters are the CRC-32 of the 30 before them in base 62: https://github.blog/engineering/behind-githubs-new-authentication-token-formats/ */
function hasGitHubChecksum(secret: string): boolean {
  return toBase62(crc32(secret.slice(4, 34)), 6) === secret.slice(34);
}

function withChecksum(prefix: string, sample: Sampler): string {
  const random = sample.alnum(30);
  return prefix + random + toBase62(crc32(random), 6);
}
