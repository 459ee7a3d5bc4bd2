import { assigned, credentialsOf, token } from './forms.ts';
import type { Rule } from './rule.ts';

/** Providers of speech recognition and synthesis with one kind of key each. */
export const rules: readonly Rule[] = [
  {
    id: 'assemblyai-api-key',
    title: 'AssemblyAI API key',
    provider: 'AssemblyAI',
    severity: 'high',
    precision: 'contextual',
    keywords: ['assemblyai', 'assembly_ai', 'assembly-ai', 'aai.settings'],
    expression: assigned(credentialsOf('assembly[_-]?ai', 'aai\\.settings'), '[0-9a-f]{32}'),
    minEntropy: 3,
    source: 'https://www.assemblyai.com/docs/getting-started/transcribe-an-audio-file',
    rotation: {
      url: 'https://www.assemblyai.com/dashboard/api-keys',
      steps: ['Delete the key on the linked page.', 'Check usage; delete transcripts that others made with it.', 'Create a new key.'],
    },
    examples: {
      matches: [(sample) => `ASSEMBLYAI_API_KEY=${sample.hex(32)}`, (sample) => `aai.settings.api_key = "${sample.hex(32)}"`],
      misses: [() => 'ASSEMBLYAI_API_KEY=YOUR_API_KEY', (sample) => `ASSEMBLYAI_API_KEY=${sample.hex(20)}`],
    },
  },
  {
    id: 'deepgram-api-key',
    title: 'Deepgram API key',
    provider: 'Deepgram',
    severity: 'high',
    precision: 'contextual',
    keywords: ['deepgram'],
    expression: assigned([...credentialsOf('deepgram'), 'DeepgramClient', 'Deepgram'], '[0-9a-f]{40}'),
    minEntropy: 3,
    source: 'https://developers.deepgram.com/docs/create-additional-api-keys',
    rotation: {
      url: 'https://console.deepgram.com/',
      steps: ['Delete the key in the settings of its project.', 'Check usage.', 'Create a key with the least role and an expiry date.'],
    },
    examples: {
      matches: [
        (sample) => `DEEPGRAM_API_KEY=${sample.hex(40)}`,
        (sample) => `const deepgram = createClient('x'); // deepgram_api_key: ${sample.hex(40)}`,
      ],
      misses: [
        () => 'DEEPGRAM_API_KEY=%api_key%',
        (sample) => `DEEPGRAM_API_KEY=${sample.hex(20)}`,
        () => `DEEPGRAM_API_KEY=${'0'.repeat(40)}`,
      ],
    },
  },
  {
    id: 'cartesia-api-key',
    title: 'Cartesia API key',
    provider: 'Cartesia',
    severity: 'high',
    precision: 'exact',
    keywords: ['sk_car_'],
    expression: token('sk_car_[A-Za-z0-9_-]{20,48}(?!-)'),
    minEntropy: 3.5,
    source: 'https://docs.cartesia.ai/get-started/authenticate-your-client-applications',
    rotation: {
      url: 'https://play.cartesia.ai/keys',
      steps: ['Delete the key on the linked page.', 'Check usage.', 'Give clients short-lived access tokens in place of the key.'],
    },
    examples: {
      matches: [(sample) => `CARTESIA_API_KEY=sk_car_${sample.alnum(22)}`, (sample) => `X-API-Key: sk_car_${sample.alnum(24)}`],
      misses: [(sample) => `CARTESIA_API_KEY=sk_car_${sample.alnum(6)}`, () => `CARTESIA_API_KEY=sk_car_${'x'.repeat(22)}`],
    },
  },
];
