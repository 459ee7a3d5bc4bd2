import { token } from './forms.ts';
import type { Rule } from './rule.ts';
import type { Sampler } from './sampler.ts';

const steps = [
  'Review the access log and compare the checksums of the artifacts with your builds.',
  'Issue a new token with a scope, for the repositories it needs, with an end.',
];

export const rules: readonly Rule[] = [
  {
    id: 'jfrog-api-key',
    title: 'JFrog Artifactory API key',
    provider: 'JFrog',
    severity: 'critical',
    precision: 'exact',
    keywords: ['AKCp'],
    expression: token('AKCp[A-Za-z0-9]{69}'),
    minEntropy: 4.3,
    source: 'https://jfrog.com/help/r/jfrog-platform-administration-documentation/introduction-to-api-keys',
    rotation: {
      url: 'https://jfrog.com/help/r/jfrog-platform-administration-documentation/revoke-api-keys',
      steps: ['Revoke the API key in the profile of its user; an administrator can revoke it for another user.', ...steps],
    },
    examples: {
      matches: [
        (sample) => `ARTIFACTORY_API_KEY=AKCp8${sample.alnum(68)}`,
        (sample) => `curl -H "X-JFrog-Art-Api: AKCp5${sample.alnum(68)}"`,
      ],
      misses: [
        () => `ARTIFACTORY_API_KEY=AKCp${'x'.repeat(69)}`,
        (sample) => `AKCp${sample.alnum(30)}`,
        (sample) => `data:;base64,${sample.alnum(20)}AKCp${sample.alnum(69)}`,
      ],
    },
  },
  {
    id: 'jfrog-reference-token',
    title: 'JFrog reference token',
    provider: 'JFrog',
    severity: 'critical',
    precision: 'exact',
    // Base64 of `reftkn:01:<end>:<28 characters>`.
    keywords: ['cmVmdGtuOj'],
    expression: token('cmVmdGtuOj[A-Za-z0-9]{54}'),
    isValid: isReferenceToken,
    source: 'https://jfrog.com/help/r/jfrog-platform-administration-documentation/reference-token',
    rotation: {
      url: 'https://jfrog.com/help/r/jfrog-platform-administration-documentation/revoke-tokens',
      steps: ['Revoke the token under Administration > User management > Access tokens.', ...steps],
    },
    examples: {
      matches: [
        (sample) => `JF_ACCESS_TOKEN=${referenceToken(sample)}`,
        (sample) => `//shop.jfrog.io/artifactory/api/npm/npm/:_authToken=${referenceToken(sample)}`,
      ],
      misses: [(sample) => `JF_ACCESS_TOKEN=cmVmdGtuOj${sample.alnum(54)}`, (sample) => `cmVmdGtuOj${sample.alnum(12)}`],
    },
  },
];

function isReferenceToken(secret: string): boolean {
  return /^reftkn:\d\d:\d{10}:[A-Za-z0-9]{24,30}$/.test(Buffer.from(secret, 'base64').toString('latin1'));
}

function referenceToken(sample: Sampler): string {
  return Buffer.from(`reftkn:01:1${sample.digits(9)}:${sample.alnum(27)}`).toString('base64');
}
