import { assigned, credentialsOf, token } from './forms.ts';
import type { Rule } from './rule.ts';

export const rules: readonly Rule[] = [
  {
    id: 'elevenlabs-api-key',
    title: 'ElevenLabs API key',
    provider: 'ElevenLabs',
    severity: 'high',
    precision: 'exact',
    keywords: ['sk_'],
    expression: token('sk_[0-9a-f]{48}'),
    minEntropy: 3,
    source: 'https://elevenlabs.io/docs/api-reference/authentication',
    rotation: {
      url: 'https://elevenlabs.io/app/settings/api-keys',
      steps: [
        'Delete the key on the linked page.',
        'Check the character usage.',
        'Create a key restricted to the endpoints that are needed, with a quota.',
      ],
    },
    examples: {
      matches: [(sample) => `ELEVENLABS_API_KEY=sk_${sample.hex(48)}`, (sample) => `client = ElevenLabs(api_key="sk_${sample.hex(48)}")`],
      misses: [
        (sample) => `ELEVENLABS_API_KEY=sk_${sample.hex(12)}`,
        () => 'ELEVENLABS_API_KEY=your_api_key_here',
        () => `sk_${'0'.repeat(48)}`,
      ],
    },
  },
  {
    id: 'elevenlabs-legacy-key',
    title: 'ElevenLabs API key (older form)',
    provider: 'ElevenLabs',
    severity: 'high',
    precision: 'contextual',
    keywords: ['elevenlabs', 'eleven_', 'eleven-labs', 'xi_api_key', 'xi-api-key'],
    expression: assigned([...credentialsOf('eleven[_-]?labs', 'eleven_'), 'xi[_-]api[_-]key'], '[0-9a-f]{32}'),
    minEntropy: 3,
    source: 'https://elevenlabs.io/docs/api-reference/authentication',
    rotation: {
      url: 'https://elevenlabs.io/app/settings/api-keys',
      steps: [
        'Delete the key on the linked page.',
        'Check the character usage.',
        'Create a key restricted to the endpoints that are needed, with a quota.',
      ],
    },
    examples: {
      matches: [
        (sample) => `ELEVENLABS_API_KEY=${sample.hex(32)}`,
        (sample) => `curl -H "xi-api-key: ${sample.hex(32)}" https://api.elevenlabs.io/v1/voices`,
        (sample) => `client = ElevenLabs(api_key="${sample.hex(32)}")`,
      ],
      misses: [
        (sample) => `ELEVENLABS_API_KEY=sk_${sample.hex(12)}`,
        () => 'ELEVENLABS_API_KEY=your_api_key_here',
        () => `xi-api-key: ${'0'.repeat(32)}`,
      ],
    },
  },
];
