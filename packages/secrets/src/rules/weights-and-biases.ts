import { assigned, credentialsOf, token } from './forms.ts';
import type { Rule } from './rule.ts';

const source = 'https://docs.wandb.ai/support/find_api_key/';
const rotation = {
  url: 'https://wandb.ai/settings',
  steps: [
    'Delete the key in the section "API keys" of the linked page.',
    'Log in again (`wandb login --relogin`) on the machines that used it.',
    'For pipelines, use a service account of the team in place of a personal key.',
  ],
};

export const rules: readonly Rule[] = [
  {
    id: 'wandb-api-key',
    title: 'Weights & Biases API key',
    provider: 'Weights & Biases',
    severity: 'high',
    precision: 'exact',
    keywords: ['wandb_v1_'],
    expression: token('wandb_v1_[A-Za-z0-9_]{77}'),
    minEntropy: 4,
    source,
    rotation,
    examples: {
      matches: [(sample) => `WANDB_API_KEY=wandb_v1_${sample.alnum(77)}`, (sample) => `wandb.login(key="wandb_v1_${sample.alnum(77)}")`],
      misses: [(sample) => `WANDB_API_KEY=wandb_v1_${sample.alnum(20)}`, () => `WANDB_API_KEY=wandb_v1_${'x'.repeat(77)}`],
    },
  },
  {
    id: 'wandb-legacy-key',
    title: 'Weights & Biases API key (older form)',
    provider: 'Weights & Biases',
    severity: 'high',
    precision: 'contextual',
    keywords: ['wandb'],
    expression: assigned([...credentialsOf('wandb'), 'wandb login'], '[0-9a-f]{40}'),
    minEntropy: 3,
    source,
    rotation,
    examples: {
      matches: [
        (sample) => `WANDB_API_KEY=${sample.hex(40)}`,
        (sample) => `wandb.login(key="${sample.hex(40)}")`,
        (sample) => `os.environ["WANDB_API_KEY"] = "${sample.hex(40)}"`,
      ],
      misses: [
        (sample) => `wandb_commit = "${sample.hex(40)}"`,
        () => 'WANDB_API_KEY=<your-api-key>',
        (sample) => `WANDB_API_KEY=${sample.hex(32)}`,
      ],
    },
  },
];
