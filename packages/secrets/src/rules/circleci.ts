import { assigned, credentialsOf, token } from './forms.ts';
import type { Rule } from './rule.ts';

const steps = [
  'Review the pipelines that ran since, and who changed contexts and variables.',
  'Rotate the variables and contexts of the projects: a job that the token starts can read them.',
];

export const rules: readonly Rule[] = [
  {
    id: 'circleci-personal-token',
    title: 'CircleCI personal API token',
    provider: 'CircleCI',
    severity: 'critical',
    precision: 'exact',
    keywords: ['CCIPAT_'],
    expression: token('CCIPAT_[A-Za-z0-9]{22}_[0-9a-f]{40}'),
    minEntropy: 3.5,
    source: 'https://circleci.com/docs/managing-api-tokens/',
    rotation: { url: 'https://app.circleci.com/settings/user/tokens', steps: ['Delete the token on the linked page.', ...steps] },
    examples: {
      matches: [
        (sample) => `CIRCLE_TOKEN=CCIPAT_${sample.alnum(22)}_${sample.hex(40)}`,
        (sample) => `curl -H "Circle-Token: CCIPAT_${sample.alnum(22)}_${sample.hex(40)}"`,
      ],
      misses: [() => `CIRCLE_TOKEN=CCIPAT_${'x'.repeat(22)}_${'0'.repeat(40)}`, (sample) => `CCIPAT_${sample.alnum(22)}`],
    },
  },
  {
    id: 'circleci-project-token',
    title: 'CircleCI project API token',
    provider: 'CircleCI',
    severity: 'high',
    precision: 'exact',
    keywords: ['CCIPRJ_'],
    expression: token('CCIPRJ_[A-Za-z0-9]{22}_[0-9a-f]{40}'),
    minEntropy: 3.5,
    source: 'https://circleci.com/docs/managing-api-tokens/',
    rotation: {
      url: 'https://circleci.com/docs/managing-api-tokens/#rotating-a-project-api-token',
      steps: ['Delete the token under Project settings > API permissions.', ...steps],
    },
    examples: {
      matches: [
        (sample) => `CIRCLE_TOKEN=CCIPRJ_${sample.alnum(22)}_${sample.hex(40)}`,
        (sample) => `token: CCIPRJ_${sample.alnum(22)}_${sample.hex(40)}`,
      ],
      misses: [() => `token: CCIPRJ_${'x'.repeat(22)}_${'0'.repeat(40)}`, (sample) => `CCIPRJ_${sample.hex(40)}`],
    },
  },
  {
    id: 'circleci-legacy-token',
    title: 'CircleCI API token (older form)',
    provider: 'CircleCI',
    severity: 'high',
    precision: 'contextual',
    keywords: ['circleci', 'circle_ci', 'circle-token', 'circle_token', 'circle_api'],
    expression: assigned([...credentialsOf('circle_?ci'), 'circle[_\\-]token', 'circle_api_token'], '[0-9a-f]{40}'),
    minEntropy: 3.3,
    source: 'https://circleci.com/docs/managing-api-tokens/',
    rotation: {
      url: 'https://app.circleci.com/settings/user/tokens',
      steps: ['Delete the token on the linked page or in the settings of its project.', ...steps],
    },
    examples: {
      matches: [
        (sample) => `CIRCLECI_TOKEN=${sample.hex(40)}`,
        (sample) => `https://circleci.com/gh/o/r.svg?style=svg&circle-token=${sample.hex(40)}`,
        (sample) => `Circle-Token: ${sample.hex(40)}`,
      ],
      misses: [
        (sample) => `CIRCLE_SHA1=${sample.hex(40)}`,
        () => `CIRCLECI_TOKEN=${'0'.repeat(40)}`,
        (sample) => `circleci-cli: ${sample.hex(40)}`,
      ],
    },
  },
];
