import { assigned, credentialsOf, token } from './forms.ts';
import type { Rule } from './rule.ts';
import type { Sampler } from './sampler.ts';

export const rules: readonly Rule[] = [
  {
    id: 'sentry-organization-token',
    title: 'Sentry organisation auth token',
    provider: 'Sentry',
    severity: 'medium',
    precision: 'exact',
    // Base64 of a JSON object that begins with `{"iat":`, then 43 random characters.
    keywords: ['sntrys_eyJpYXQiO'],
    expression: token('sntrys_eyJpYXQiO[A-Za-z0-9+/]{40,400}={0,2}_[A-Za-z0-9+/]{43}'),
    isValid: isOrganizationToken,
    source: 'https://docs.sentry.io/account/auth-tokens/#organization-auth-tokens',
    rotation: {
      url: 'https://sentry.io/settings/auth-tokens/',
      steps: ['Revoke the token on the linked page.', 'It uploads source maps and makes releases: check the artifacts that were uploaded.'],
    },
    examples: {
      matches: [(sample) => `SENTRY_AUTH_TOKEN=${organizationToken(sample)}`, (sample) => `authToken: "${organizationToken(sample)}",`],
      misses: [
        (sample) => `SENTRY_AUTH_TOKEN=sntrys_eyJpYXQiO${sample.base64(80)}_${sample.base64(43)}`,
        () => 'SENTRY_AUTH_TOKEN=sntrys_eyJpYXQiO...',
      ],
    },
  },
  {
    id: 'sentry-user-token',
    title: 'Sentry personal or integration token',
    provider: 'Sentry',
    severity: 'high',
    precision: 'exact',
    keywords: ['sntryu_', 'sntrya_', 'sntryi_'],
    expression: token('sntry[uai]_[0-9a-f]{64}'),
    minEntropy: 3.4,
    source: 'https://docs.sentry.io/account/auth-tokens/#personal-tokens',
    rotation: {
      url: 'https://sentry.io/settings/account/api/auth-tokens/',
      steps: [
        'Revoke the token on the linked page, an integration token in the settings of its integration.',
        'Remember that events hold personal data and sometimes secrets.',
      ],
    },
    examples: {
      matches: [
        (sample) => `SENTRY_AUTH_TOKEN=sntryu_${sample.hex(64)}`,
        (sample) => `sentry-cli --auth-token sntryu_${sample.hex(64)} releases list`,
      ],
      misses: [() => `SENTRY_AUTH_TOKEN=sntryu_${'0'.repeat(64)}`, (sample) => `sntryu_${sample.hex(20)}`],
    },
  },
  {
    id: 'sentry-auth-token',
    title: 'Sentry auth token (older form)',
    provider: 'Sentry',
    severity: 'high',
    precision: 'contextual',
    keywords: ['sentry'],
    expression: assigned(credentialsOf('sentry'), '[0-9a-f]{64}'),
    minEntropy: 3.4,
    source: 'https://docs.sentry.io/account/auth-tokens/',
    rotation: {
      url: 'https://sentry.io/settings/account/api/auth-tokens/',
      steps: ['Revoke the token on the linked page.', 'Remember that events hold personal data and sometimes secrets.'],
    },
    examples: {
      matches: [(sample) => `SENTRY_AUTH_TOKEN=${sample.hex(64)}`, (sample) => `sentry: { authToken: '${sample.hex(64)}' }`],
      misses: [
        (sample) => `SENTRY_DSN=https://${sample.hex(32)}@o1.ingest.sentry.io/2`,
        () => `SENTRY_AUTH_TOKEN=${'0'.repeat(64)}`,
        (sample) => `sentry-cli_checksum: ${sample.hex(64)}`,
      ],
    },
  },
];

function isOrganizationToken(secret: string): boolean {
  return /^\{"iat".*"org"/.test(Buffer.from(secret.split('_')[1] ?? '', 'base64').toString('latin1'));
}

function organizationToken(sample: Sampler): string {
  const value = { iat: 1_700_000_000.5, url: 'https://sentry.io', region_url: 'https://de.sentry.io', org: 'shop' };
  return `sntrys_${Buffer.from(JSON.stringify(value))
    .toString('base64')
    .replace(/(?<!=)=+$/, '')}_${sample.base64(43)}`;
}
