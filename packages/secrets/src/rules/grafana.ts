import { crc32 } from 'node:zlib';
import { token } from './forms.ts';
import type { Rule } from './rule.ts';
import type { Sampler } from './sampler.ts';

export const rules: readonly Rule[] = [
  {
    id: 'grafana-service-account-token',
    title: 'Grafana service account token',
    provider: 'Grafana',
    severity: 'high',
    precision: 'exact',
    keywords: ['glsa_'],
    expression: token('glsa_[A-Za-z0-9]{32}_[0-9a-f]{8}'),
    isValid: hasGrafanaChecksum,
    source: 'https://grafana.com/docs/grafana/latest/administration/service-accounts/',
    rotation: {
      url: 'https://grafana.com/docs/grafana/latest/administration/service-accounts/#delete-a-service-account-token',
      steps: [
        'Delete the token of its service account.',
        'Remember that the account may query every data source it can see; review dashboards, alerts and users that were changed.',
      ],
    },
    examples: {
      matches: [
        (sample) => `GRAFANA_TOKEN=${serviceAccountToken(sample)}`,
        (sample) => `curl -H "Authorization: Bearer ${serviceAccountToken(sample)}" https://grafana.example/api/org`,
      ],
      misses: [
        (sample) => `GRAFANA_TOKEN=glsa_${sample.alnum(32)}_${sample.hex(8)}`,
        () => `GRAFANA_TOKEN=glsa_${'x'.repeat(32)}_00000000`,
        () => 'GRAFANA_TOKEN=glsa_<your-token>',
      ],
    },
  },
  {
    id: 'grafana-cloud-token',
    title: 'Grafana Cloud access policy token',
    provider: 'Grafana',
    severity: 'high',
    precision: 'exact',
    // Base64 of a JSON object `{"o":"<organisation>","n":"<name>","k":"<key>","m":{"r":"<region>"}}`.
    keywords: ['glc_eyJ'],
    expression: token('glc_eyJ[A-Za-z0-9+/]{40,300}={0,2}'),
    isValid: (secret) => isJsonWith(secret.slice(4), 'k'),
    source: 'https://grafana.com/docs/grafana-cloud/security-and-account-management/authentication-and-permissions/access-policies/',
    rotation: {
      url: 'https://grafana.com/docs/grafana-cloud/security-and-account-management/authentication-and-permissions/access-policies/',
      steps: [
        'Delete the token of its access policy in the Cloud portal.',
        'Narrow the scopes of the policy, and create a new token with an end.',
      ],
    },
    examples: {
      matches: [(sample) => `GRAFANA_CLOUD_TOKEN=${cloudToken(sample)}`, (sample) => `password: "${cloudToken(sample)}"`],
      misses: [
        (sample) => `GRAFANA_CLOUD_TOKEN=glc_eyJ${sample.base64(120)}`,
        (sample) => `glc_eyJ${sample.alnum(10)}`,
        () => 'glc_eyJ...',
      ],
    },
  },
  {
    id: 'grafana-api-key',
    title: 'Grafana API key (older form)',
    provider: 'Grafana',
    severity: 'high',
    precision: 'exact',
    // Base64 of a JSON object `{"k":"<key>","n":"<name>","id":<organisation>}`.
    keywords: ['eyJrIjoi'],
    expression: token('eyJrIjoi[A-Za-z0-9+/]{48,400}={0,2}'),
    isValid: (secret) => isJsonWith(secret, 'k'),
    source: 'https://grafana.com/docs/grafana/latest/administration/service-accounts/migrate-api-keys/',
    rotation: {
      url: 'https://grafana.com/docs/grafana/latest/administration/service-accounts/migrate-api-keys/',
      steps: ['Delete the key; newer versions list it as a token of a migrated service account.', 'Use a service account token instead.'],
    },
    examples: {
      matches: [(sample) => `GRAFANA_API_KEY=${apiKey(sample)}`, (sample) => `Authorization: Bearer ${apiKey(sample)}`],
      misses: [(sample) => `GRAFANA_API_KEY=eyJrIjoi${sample.base64(60)}`, (sample) => `glc_${apiKey(sample).slice(0, 20)}`],
    },
  },
];

/** The last part is the CRC-32 of what stands before it, four bytes little-endian in hex: https://github.com/grafana/grafana/tree/main/pkg/components/satokengen */
function hasGrafanaChecksum(secret: string): boolean {
  return checksumOf(secret.slice(0, -9)) === secret.slice(-8);
}

function checksumOf(text: string): string {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(crc32(text));
  return bytes.toString('hex');
}

function serviceAccountToken(sample: Sampler): string {
  const checked = `glsa_${sample.alnum(32)}`;
  return `${checked}_${checksumOf(checked)}`;
}

function isJsonWith(base64: string, property: string): boolean {
  try {
    const value: unknown = JSON.parse(Buffer.from(base64, 'base64').toString());
    return typeof value === 'object' && value !== null && property in value;
  } catch {
    return false;
  }
}

function cloudToken(sample: Sampler): string {
  const value = { o: sample.digits(6), n: 'shop-push', k: sample.alnum(24), m: { r: 'eu' } };
  return `glc_${Buffer.from(JSON.stringify(value)).toString('base64')}`;
}

function apiKey(sample: Sampler): string {
  return Buffer.from(JSON.stringify({ k: sample.alnum(32), n: 'shop', id: 1 })).toString('base64');
}
