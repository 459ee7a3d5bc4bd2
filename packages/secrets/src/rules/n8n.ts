import { assigned, token } from './forms.ts';
import type { Rule } from './rule.ts';

export const rules: readonly Rule[] = [
  {
    id: 'n8n-api-key',
    title: 'n8n API key',
    provider: 'n8n',
    severity: 'high',
    precision: 'exact',
    keywords: ['n8n_api_'],
    expression: token('n8n_api_[0-9a-f]{60,100}'),
    minEntropy: 3.2,
    source: 'https://docs.n8n.io/api/authentication/',
    rotation: {
      url: 'https://docs.n8n.io/api/authentication/',
      steps: [
        'Delete the key under Settings > n8n API.',
        'Check workflows and credentials: who can edit a workflow can use its credentials.',
      ],
    },
    examples: {
      matches: [(sample) => `N8N_API_KEY=n8n_api_${sample.hex(80)}`, (sample) => `X-N8N-API-KEY: n8n_api_${sample.hex(80)}`],
      misses: [() => 'X-N8N-API-KEY: <your-api-key>', (sample) => `n8n_api_${sample.hex(12)}`],
    },
  },
  {
    id: 'n8n-encryption-key',
    title: 'n8n encryption key',
    provider: 'n8n',
    severity: 'critical',
    precision: 'contextual',
    keywords: ['n8n_encryption_key'],
    expression: assigned(['n8n_encryption_key'], '[A-Za-z0-9+/_-]{24,64}={0,2}'),
    minEntropy: 3.4,
    source: 'https://docs.n8n.io/hosting/configuration/configuration-examples/encryption-key/',
    rotation: {
      url: 'https://docs.n8n.io/hosting/configuration/configuration-examples/encryption-key/',
      steps: [
        'Export the credentials decrypted, start n8n with a new key and import them.',
        'Rotate every credential stored in n8n when its database may have leaked too.',
      ],
    },
    examples: {
      matches: [(sample) => `N8N_ENCRYPTION_KEY=${sample.base64(32)}`, (sample) => `- N8N_ENCRYPTION_KEY: "${sample.alnum(40)}"`],
      misses: [() => 'N8N_ENCRYPTION_KEY=<SOME RANDOM STRING>', () => 'N8N_ENCRYPTION_KEY=${N8N_KEY}'],
    },
  },
];
