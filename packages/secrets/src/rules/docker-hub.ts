import { token } from './forms.ts';
import type { Rule } from './rule.ts';

const source = 'https://docs.docker.com/security/access-tokens/';

export const rules: readonly Rule[] = [
  {
    id: 'docker-hub-personal-token',
    title: 'Docker Hub personal access token',
    provider: 'Docker Hub',
    severity: 'critical',
    precision: 'exact',
    keywords: ['dckr_pat_'],
    expression: token('dckr_pat_[\\w-]{27}'),
    minEntropy: 3.8,
    source,
    rotation: {
      url: 'https://app.docker.com/settings/personal-access-tokens',
      steps: [
        'Delete the token on the linked page.',
        'Compare the digests of the pushed images with your builds, and read the activity log of the organisation.',
        'Create a token with the least permissions and an end.',
      ],
    },
    examples: {
      matches: [
        (sample) => `docker login -u me -p dckr_pat_${sample.base64url(27)}`,
        (sample) => `DOCKERHUB_TOKEN=dckr_pat_${sample.base64url(27)}`,
      ],
      misses: [
        () => `DOCKERHUB_TOKEN=dckr_pat_${'x'.repeat(27)}`,
        (sample) => `dckr_pat_${sample.alnum(10)}`,
        (sample) => `dckr_pat_${sample.alnum(40)}`,
      ],
    },
  },
  {
    id: 'docker-hub-organization-token',
    title: 'Docker Hub organisation access token',
    provider: 'Docker Hub',
    severity: 'critical',
    precision: 'exact',
    keywords: ['dckr_oat_'],
    expression: token('dckr_oat_[\\w-]{32}'),
    minEntropy: 3.8,
    source,
    rotation: {
      url: 'https://docs.docker.com/enterprise/security/access-tokens/',
      steps: [
        'Delete the token under Admin Console > Access tokens of the organisation.',
        'Compare the digests of the pushed images with your builds, and read the activity log.',
      ],
    },
    examples: {
      matches: [
        (sample) => `docker login -u org -p dckr_oat_${sample.base64url(32)}`,
        (sample) => `"password": "dckr_oat_${sample.base64url(32)}"`,
      ],
      misses: [() => `dckr_oat_${'x'.repeat(32)}`, (sample) => `dckr_oat_${sample.alnum(12)}`],
    },
  },
];
