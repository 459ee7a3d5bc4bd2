import { assigned, credentialsOf, token } from './forms.ts';
import type { Rule } from './rule.ts';

export const rules: readonly Rule[] = [
  {
    id: 'bitbucket-data-center-access-token',
    title: 'Bitbucket Data Center HTTP access token',
    provider: 'Bitbucket',
    severity: 'critical',
    precision: 'exact',
    // `BBDC-` and base64 of an id in digits, a colon and random bytes.
    keywords: ['BBDC-'],
    expression: token('BBDC-[MNO][A-Za-z0-9+/]{40,60}={0,2}'),
    minEntropy: 3.5,
    source: 'https://confluence.atlassian.com/bitbucketserver/http-access-tokens-939515499.html',
    rotation: {
      url: 'https://confluence.atlassian.com/bitbucketserver/http-access-tokens-939515499.html',
      steps: [
        'Revoke the token under "HTTP access tokens" of the account, project or repository.',
        'Review pushes and permission changes since it was exposed.',
      ],
    },
    examples: {
      matches: [(sample) => `BITBUCKET_TOKEN=BBDC-M${sample.alnum(43)}`, (sample) => `Authorization: Bearer BBDC-N${sample.base64(43)}`],
      misses: [(sample) => `BBDC-${sample.digits(6)}`, () => `BITBUCKET_TOKEN=BBDC-${'x'.repeat(44)}`],
    },
  },
  {
    id: 'bitbucket-app-password',
    title: 'Bitbucket Cloud app password',
    provider: 'Bitbucket',
    severity: 'critical',
    precision: 'exact',
    keywords: ['ATBB'],
    expression: token('ATBB[A-Za-z0-9]{32}'),
    minEntropy: 3.5,
    source: 'https://support.atlassian.com/bitbucket-cloud/docs/app-passwords/',
    rotation: {
      url: 'https://bitbucket.org/account/settings/app-passwords/',
      steps: [
        'Revoke the app password on the linked page.',
        'Review the workspace audit log and the branches it could push to.',
        'Replace it by an API token with scopes: app passwords are being retired.',
      ],
    },
    examples: {
      matches: [
        (sample) => `BITBUCKET_APP_PASSWORD=ATBB${sample.alnum(32)}`,
        (sample) => `git clone https://user:ATBB${sample.alnum(32)}@bitbucket.org/team/repo.git`,
      ],
      misses: [
        (sample) => `password: ATBB${sample.alnum(12)}`,
        () => `password: ATBB${'x'.repeat(32)}`,
        (sample) => `password: ATBB${sample.alnum(33)}`,
      ],
    },
  },
  {
    id: 'bitbucket-client-secret',
    title: 'Bitbucket OAuth consumer secret',
    provider: 'Bitbucket',
    severity: 'high',
    precision: 'contextual',
    keywords: ['bitbucket'],
    expression: assigned(credentialsOf('bitbucket'), '[A-Za-z0-9]{32}'),
    minEntropy: 3.8,
    notSecrets: [/^[0-9a-f]{32}$/, /^[^0-9]*$/],
    source: 'https://support.atlassian.com/bitbucket-cloud/docs/use-oauth-on-bitbucket-cloud/',
    rotation: {
      url: 'https://support.atlassian.com/bitbucket-cloud/docs/use-oauth-on-bitbucket-cloud/',
      steps: [
        'Delete the OAuth consumer under Workspace settings > OAuth consumers and create a new one.',
        'Set its key and secret in every client.',
      ],
    },
    examples: {
      matches: [
        (sample) => `BITBUCKET_CLIENT_SECRET=${sample.alnum(32)}`,
        (sample) => `bitbucket: { consumerSecret: "${sample.alnum(32)}" }`,
      ],
      misses: [
        (sample) => `bitbucket_secret_digest: ${sample.hex(32)}`,
        () => 'BITBUCKET_CLIENT_SECRET=your-bitbucket-client-secret-here',
        () => 'bitbucketToken = getBitbucketAccessTokenFromVault()',
      ],
    },
  },
];
