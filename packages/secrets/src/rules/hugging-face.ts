import { token } from './forms.ts';
import type { Rule } from './rule.ts';

const source = 'https://huggingface.co/docs/hub/security-tokens';
const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

export const rules: readonly Rule[] = [
  {
    id: 'hugging-face-user-token',
    title: 'Hugging Face user access token',
    provider: 'Hugging Face',
    severity: 'high',
    precision: 'exact',
    keywords: ['hf_'],
    expression: token('hf_[A-Za-z0-9]{34}'),
    minEntropy: 3.7,
    source,
    rotation: {
      url: 'https://huggingface.co/settings/tokens',
      steps: [
        'Invalidate the token on the linked page.',
        'If it could write, check the commits of your models, datasets and spaces since the leak.',
        'Create a fine-grained token for the repositories that are needed.',
      ],
    },
    examples: {
      matches: [
        (sample) => `HF_TOKEN=hf_${sample.from(letters, 34)}`,
        (sample) => `login(token="hf_${sample.from(letters, 34)}")`,
        (sample) => `https://user:hf_${sample.from(letters, 34)}@huggingface.co/org/model`,
      ],
      misses: [
        (sample) => `HF_TOKEN=hf_${sample.from(letters, 20)}`,
        () => `HF_TOKEN=hf_${'x'.repeat(34)}`,
        () => 'from hf_transformers_compatibility_layer_module import load',
      ],
    },
  },
  {
    id: 'hugging-face-organization-token',
    title: 'Hugging Face organization API token',
    provider: 'Hugging Face',
    severity: 'high',
    precision: 'exact',
    keywords: ['api_org_'],
    expression: token('api_org_[A-Za-z0-9]{34}'),
    minEntropy: 3.7,
    source,
    rotation: {
      url: 'https://huggingface.co/settings/organizations',
      steps: [
        'Have an owner of the organization revoke the token; organization tokens are no longer issued.',
        'Replace it by a fine-grained user token or a service account of the organization.',
      ],
    },
    examples: {
      matches: [
        (sample) => `API_TOKEN = "api_org_${sample.from(letters, 34)}"`,
        (sample) => `headers: {Authorization: "Bearer api_org_${sample.from(letters, 34)}"}`,
      ],
      misses: [(sample) => `API_TOKEN = "api_org_${sample.from(letters, 12)}"`, () => `API_TOKEN = "api_org_${'X'.repeat(34)}"`],
    },
  },
];
