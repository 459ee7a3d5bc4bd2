import { assigned, credentialsOf, token } from './forms.ts';
import type { Rule } from './rule.ts';

const source = 'https://docs.pinecone.io/guides/projects/manage-api-keys';
const rotation = {
  url: 'https://app.pinecone.io/organizations/-/projects/-/keys',
  steps: [
    'Create a new key in the project, switch the application to it, then delete the leaked key on the linked page.',
    'Give the new key only the permissions that are needed (control plane, data plane, read or write).',
    'Check indexes and namespaces for deletions and writes that are not yours.',
  ],
};

export const rules: readonly Rule[] = [
  {
    id: 'pinecone-api-key',
    title: 'Pinecone API key',
    provider: 'Pinecone',
    severity: 'high',
    precision: 'exact',
    keywords: ['pcsk_'],
    expression: token('pcsk_[A-Za-z0-9]{5,6}_[A-Za-z0-9]{63}'),
    minEntropy: 4,
    source,
    rotation,
    examples: {
      matches: [
        (sample) => `PINECONE_API_KEY=pcsk_${sample.alnum(6)}_${sample.alnum(63)}`,
        (sample) => `pc = Pinecone(api_key="pcsk_${sample.alnum(5)}_${sample.alnum(63)}")`,
      ],
      misses: [(sample) => `PINECONE_API_KEY=pcsk_${sample.alnum(6)}_${sample.alnum(20)}`, () => `pcsk_${'x'.repeat(6)}_${'x'.repeat(63)}`],
    },
  },
  {
    id: 'pinecone-legacy-key',
    title: 'Pinecone API key (older form)',
    provider: 'Pinecone',
    severity: 'high',
    precision: 'contextual',
    keywords: ['pinecone'],
    expression: assigned(credentialsOf('pinecone'), '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}'),
    minEntropy: 3,
    source,
    rotation,
    examples: {
      matches: [
        (sample) => `PINECONE_API_KEY=${sample.uuid()}`,
        (sample) => `pinecone.init(api_key="${sample.uuid()}", environment="us-west1-gcp")`,
      ],
      misses: [
        (sample) => `PINECONE_PROJECT_ID=${sample.uuid()}`,
        () => 'PINECONE_API_KEY=00000000-0000-0000-0000-000000000000',
        () => 'PINECONE_API_KEY=your-api-key',
      ],
    },
  },
];
