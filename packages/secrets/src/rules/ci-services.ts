import { assigned, credentialsOf, token, uuid } from './forms.ts';
import type { Rule } from './rule.ts';

/** Build servers and services with one kind of token each. */
export const rules: readonly Rule[] = [
  {
    id: 'travis-ci-token',
    title: 'Travis CI API token',
    provider: 'Travis CI',
    severity: 'high',
    precision: 'contextual',
    keywords: ['travis'],
    expression: assigned(credentialsOf('travis'), '[A-Za-z0-9_-]{22}'),
    minEntropy: 3.6,
    notSecrets: [/^[^0-9]*$/, /^[^A-Z]*$/],
    source: 'https://developer.travis-ci.com/authentication',
    rotation: {
      url: 'https://app.travis-ci.com/account/preferences',
      steps: [
        'Regenerate the token under Settings of the account.',
        'Review the builds that ran since; rotate the environment variables of the repositories.',
      ],
    },
    examples: {
      matches: [(sample) => `TRAVIS_TOKEN=${sample.base64url(22)}`, (sample) => `travis-api-token: "${sample.base64url(22)}"`],
      misses: [
        () => 'TRAVIS_TOKEN=your-travis-api-token-',
        () => 'travis_token = get_travis_token_env()',
        (sample) => `TRAVIS_COMMIT=${sample.hex(40)}`,
      ],
    },
  },
  {
    id: 'drone-token',
    title: 'Drone CI token',
    provider: 'Drone',
    severity: 'critical',
    precision: 'contextual',
    keywords: ['drone'],
    expression: assigned(
      ['drone[_\\-](?:ci[_\\-])?(?:user[_\\-]|admin[_\\-])?(?:token|rpc[_\\-]secret)', 'droneci[\\w\\-]{0,16}?token'],
      '[A-Za-z0-9]{32}',
    ),
    minEntropy: 3.2,
    source: 'https://docs.drone.io/cli/configure/',
    rotation: {
      url: 'https://docs.drone.io/server/user/management/',
      steps: [
        'Regenerate the token in the profile of its user; an RPC secret in the configuration of server and runners.',
        'Rotate the secrets of the repositories: builds can read them.',
      ],
    },
    examples: {
      matches: [(sample) => `DRONE_TOKEN=${sample.alnum(32)}`, (sample) => `DRONE_RPC_SECRET: ${sample.hex(32)}`],
      misses: [
        () => `DRONE_TOKEN=${'x'.repeat(32)}`,
        (sample) => `DRONE_COMMIT=${sample.hex(40)}`,
        () => 'DRONE_RPC_SECRET=${DRONE_SECRET}',
      ],
    },
  },
  {
    id: 'jenkins-api-token',
    title: 'Jenkins API token',
    provider: 'Jenkins',
    severity: 'critical',
    precision: 'contextual',
    keywords: ['jenkins'],
    // Version 11, then 16 random bytes.
    expression: assigned(credentialsOf('jenkins'), '11[0-9a-f]{32}'),
    minEntropy: 3.1,
    source: 'https://www.jenkins.io/doc/book/system-administration/authenticating-scripted-clients/',
    rotation: {
      url: 'https://www.jenkins.io/doc/book/system-administration/authenticating-scripted-clients/',
      steps: [
        'Revoke the token under Security of its user.',
        'Read the audit trail and the job changes; rotate the credentials that its jobs can use.',
      ],
    },
    examples: {
      matches: [(sample) => `JENKINS_API_TOKEN=11${sample.hex(32)}`, (sample) => `jenkins: { password: "11${sample.hex(32)}" }`],
      misses: [
        () => `JENKINS_API_TOKEN=11${'0'.repeat(32)}`,
        (sample) => `jenkins_token_md5=${sample.hex(32)}`,
        () => 'JENKINS_API_TOKEN=changeme',
      ],
    },
  },
  {
    id: 'codecov-upload-token',
    title: 'Codecov upload token',
    provider: 'Codecov',
    severity: 'low',
    precision: 'contextual',
    keywords: ['codecov'],
    expression: assigned([...credentialsOf('codecov'), 'codecov[ \\t]{1,4}(?:upload-process[ \\t]{1,4})?-t'], uuid),
    minEntropy: 3,
    source: 'https://docs.codecov.com/docs/codecov-tokens',
    rotation: {
      url: 'https://docs.codecov.com/docs/codecov-tokens',
      steps: [
        'Regenerate the upload token in the settings of the repository and replace it in the CI.',
        'It only uploads coverage, but it can falsify it.',
      ],
    },
    examples: {
      matches: [(sample) => `CODECOV_TOKEN=${sample.uuid()}`, (sample) => `codecov: { token: "${sample.uuid()}" }`],
      misses: [
        () => 'CODECOV_TOKEN=${{ secrets.CODECOV_TOKEN }}',
        () => 'CODECOV_TOKEN=00000000-0000-0000-0000-000000000000',
        (sample) => `codecov_run=${sample.uuid()}`,
      ],
    },
  },
  {
    id: 'coveralls-token',
    title: 'Coveralls repository token',
    provider: 'Coveralls',
    severity: 'low',
    precision: 'contextual',
    keywords: ['coveralls'],
    expression: assigned(credentialsOf('coveralls'), '[A-Za-z0-9]{32,40}'),
    minEntropy: 3.7,
    notSecrets: [/^[0-9a-f]+$/, /^[^0-9]*$/],
    source: 'https://docs.coveralls.io/api-introduction',
    rotation: {
      url: 'https://docs.coveralls.io/faq',
      steps: ['Regenerate the repository token in the settings of the repository and replace it in the CI.'],
    },
    examples: {
      matches: [(sample) => `COVERALLS_REPO_TOKEN=${sample.alnum(32)}`, (sample) => `coveralls_token: "${sample.alnum(32)}"`],
      misses: [
        () => 'COVERALLS_REPO_TOKEN=${{ secrets.GITHUB_TOKEN }}',
        (sample) => `coveralls-key: ${sample.hex(40)}`,
        () => `COVERALLS_REPO_TOKEN=${'x'.repeat(32)}`,
      ],
    },
  },
  {
    id: 'teamcity-access-token',
    title: 'TeamCity access token',
    provider: 'JetBrains',
    severity: 'critical',
    precision: 'exact',
    // `{"typ": "TCV2"}` in base64.
    keywords: ['eyJ0eXAiOiAiVENWMiJ9.'],
    expression: token('eyJ0eXAiOiAiVENWMiJ9\\.[\\w-]{36}\\.[\\w-]{48}'),
    minEntropy: 4,
    source: 'https://www.jetbrains.com/help/teamcity/configuring-your-user-profile.html#Managing+Access+Tokens',
    rotation: {
      url: 'https://www.jetbrains.com/help/teamcity/configuring-your-user-profile.html#Managing+Access+Tokens',
      steps: [
        'Delete the token under Access tokens of its user.',
        'Read the audit of the server; rotate the parameters of the projects it may read.',
      ],
    },
    examples: {
      matches: [
        (sample) => `TEAMCITY_TOKEN=eyJ0eXAiOiAiVENWMiJ9.${sample.base64url(36)}.${sample.base64url(48)}`,
        (sample) => `Authorization: Bearer eyJ0eXAiOiAiVENWMiJ9.${sample.base64url(36)}.${sample.base64url(48)}`,
      ],
      misses: [
        (sample) => `eyJ0eXAiOiAiVENWMiJ9.${sample.base64url(36)}`,
        () => `eyJ0eXAiOiAiVENWMiJ9.${'x'.repeat(36)}.${'x'.repeat(48)}`,
      ],
    },
  },
  {
    id: 'jetbrains-hub-token',
    title: 'JetBrains permanent token (YouTrack, Hub, Space)',
    provider: 'JetBrains',
    severity: 'critical',
    precision: 'exact',
    keywords: ['perm:', 'perm-'],
    expression: token('perm[:-][A-Za-z0-9+/=_-]{4,60}\\.[A-Za-z0-9+/=_-]{2,40}\\.[A-Za-z0-9]{30}'),
    minEntropy: 4,
    source: 'https://www.jetbrains.com/help/youtrack/devportal/Manage-Permanent-Token.html',
    rotation: {
      url: 'https://www.jetbrains.com/help/youtrack/devportal/Manage-Permanent-Token.html',
      steps: ['Delete the token under Account security of its user.', 'Read the audit events of the server.'],
    },
    examples: {
      matches: [
        (sample) => `YOUTRACK_TOKEN=perm:${sample.base64(12)}=.${sample.base64(6)}==.${sample.alnum(30)}`,
        (sample) => `Authorization: Bearer perm-${sample.base64(16)}.NTAtMQ==.${sample.alnum(30)}`,
      ],
      misses: [
        () => `Authorization: Bearer perm:xxxx==.xx==.${'x'.repeat(30)}`,
        (sample) => `perm:${sample.alnum(12)}`,
        () => 'user-perm: read.write.execute',
      ],
    },
  },
  {
    id: 'bitrise-access-token',
    title: 'Bitrise access token',
    provider: 'Bitrise',
    severity: 'critical',
    precision: 'contextual',
    keywords: ['bitrise'],
    expression: assigned(credentialsOf('bitrise'), '[A-Za-z0-9_-]{86}'),
    minEntropy: 4.6,
    source: 'https://devcenter.bitrise.io/en/accounts/personal-access-tokens.html',
    rotation: {
      url: 'https://app.bitrise.io/me/account/security',
      steps: [
        'Revoke the token on the linked page, a workspace token in its settings.',
        'Rotate the secrets and signing files of the apps.',
      ],
    },
    examples: {
      matches: [(sample) => `BITRISE_API_TOKEN=${sample.base64url(86)}`, (sample) => `bitrise_token: '${sample.base64url(86)}'`],
      misses: [() => `BITRISE_API_TOKEN=${'x'.repeat(86)}`, (sample) => `BITRISE_API_TOKEN=${sample.alnum(20)}`],
    },
  },
  {
    id: 'mergify-application-key',
    title: 'Mergify application key',
    provider: 'Mergify',
    severity: 'high',
    precision: 'exact',
    keywords: ['mergify_application_key_'],
    expression: token('mergify_application_key_[\\w-]{40,200}'),
    minEntropy: 4,
    source: 'https://docs.mergify.com/api-usage/',
    rotation: {
      url: 'https://dashboard.mergify.com/',
      steps: [
        'Delete the application key in the settings of its organisation and create a new one.',
        'Review merges and queue changes since it was exposed.',
      ],
    },
    examples: {
      matches: [
        (sample) => `MERGIFY_TOKEN=mergify_application_key_${sample.base64url(64)}`,
        (sample) => `Authorization: Bearer mergify_application_key_${sample.base64url(64)}`,
      ],
      misses: [() => `mergify_application_key_${'x'.repeat(64)}`, (sample) => `mergify_application_key_${sample.alnum(8)}`],
    },
  },
  {
    id: 'gitea-access-token',
    title: 'Gitea or Forgejo access token',
    provider: 'Gitea',
    severity: 'critical',
    precision: 'contextual',
    keywords: ['gitea', 'forgejo', 'codeberg'],
    expression: assigned(credentialsOf('gitea', 'forgejo', 'codeberg'), '[0-9a-f]{40}'),
    minEntropy: 3.3,
    source: 'https://docs.gitea.com/development/api-usage',
    rotation: {
      url: 'https://docs.gitea.com/development/api-usage',
      steps: [
        'Delete the token under Settings > Applications of its user.',
        'Review pushes, releases, keys and users since it was exposed.',
        'Create a token with the scopes that are needed.',
      ],
    },
    examples: {
      matches: [(sample) => `GITEA_TOKEN=${sample.hex(40)}`, (sample) => `forgejo_token: "${sample.hex(40)}"`],
      misses: [
        (sample) => `gitea_commit=${sample.hex(40)}`,
        () => `GITEA_TOKEN=${'0'.repeat(40)}`,
        (sample) => `GITEA_TOKEN=${sample.hex(20)}`,
      ],
    },
  },
  {
    id: 'jenkins-initial-password',
    title: 'First password of a Jenkins server',
    provider: 'Jenkins',
    severity: 'high',
    precision: 'exact',
    keywords: ['to proceed to installation'],
    expression: /to proceed to installation:\s{1,16}(?<secret>[0-9a-f]{32})(?![0-9A-Za-z])/,
    multiline: true,
    minEntropy: 3,
    source: 'https://www.jenkins.io/doc/book/installing/linux/#setup-wizard',
    rotation: {
      url: 'https://www.jenkins.io/doc/book/security/managing-security/',
      steps: ['Change the password of the user `admin`.', 'Keep the logs of the first start private.'],
    },
    examples: {
      matches: [
        (sample) => `Please use the following password to proceed to installation:\n\n${sample.hex(32)}\n`,
        (sample) => `the following password to proceed to installation:\r\n\r\n${sample.hex(32)}\r\n\r\nThis may also be found at`,
      ],
      misses: [() => 'to proceed to installation:\n\n<password>', (sample) => `to proceed to installation: ${sample.hex(8)}`],
    },
  },
  {
    id: 'sourcegraph-access-token',
    title: 'Sourcegraph access token',
    provider: 'Sourcegraph',
    severity: 'high',
    precision: 'exact',
    keywords: ['sgp_', 'sgd_', 'sgs_', 'sgw_'],
    expression: token('sg[pdsw]_(?:(?:[0-9A-Fa-f]{16}|local)_)?[0-9A-Fa-f]{40}'),
    minEntropy: 3.3,
    source: 'https://sourcegraph.com/docs/cli/how-tos/creating_an_access_token',
    rotation: {
      url: 'https://sourcegraph.com/docs/cli/how-tos/revoking_an_access_token',
      steps: [
        'Delete the token under Settings > Access tokens of its user; a site-admin can revoke any.',
        'Remember what code the user may read.',
      ],
    },
    examples: {
      matches: [
        (sample) => `SRC_ACCESS_TOKEN=sgp_${sample.hex(16)}_${sample.hex(40)}`,
        (sample) => `Authorization: token sgp_${sample.hex(40)}`,
      ],
      misses: [() => `SRC_ACCESS_TOKEN=sgp_${'0'.repeat(40)}`, (sample) => `sgp_${sample.hex(12)}`, (sample) => `msgp_${sample.hex(40)}`],
    },
  },
  {
    id: 'phabricator-conduit-token',
    title: 'Phabricator or Phorge Conduit token',
    provider: 'Phabricator',
    severity: 'high',
    precision: 'exact',
    keywords: ['api-', 'cli-'],
    expression: token('(?:api|cli)-[a-z0-9]{28}'),
    minEntropy: 3.7,
    notSecrets: [/^[a-z]*-[a-z]*$/, /^[a-z]*-[0-9a-f]*$/],
    source: 'https://secure.phabricator.com/book/phabricator/article/conduit/',
    rotation: {
      url: 'https://secure.phabricator.com/settings/panel/apitokens/',
      steps: ['Terminate the token under Settings > Conduit API tokens of its user.', 'Review what the user may read and push.'],
    },
    examples: {
      matches: [
        (sample) => `{"hosts":{"https://phab.example/api/":{"token":"cli-${sample.lower(28)}"}}}`,
        (sample) => `curl -d api.token=api-${sample.lower(28)} https://phab.example/api/user.whoami`,
      ],
      misses: [
        () => `api.token=api-${'x'.repeat(28)}`,
        (sample) => `request api-${sample.hex(28)}`,
        (sample) => `myapi-${sample.lower(28)}`,
        () => 'class="cli-command-line-options"',
      ],
    },
  },
  {
    id: 'app-center-token',
    title: 'Visual Studio App Center API token',
    provider: 'Microsoft',
    severity: 'low',
    precision: 'contextual',
    keywords: ['appcenter', 'app_center', 'app-center'],
    expression: assigned(credentialsOf('app[_\\-]?center'), '[0-9a-f]{40}'),
    minEntropy: 3.3,
    source: 'https://learn.microsoft.com/appcenter/api-docs/',
    rotation: {
      url: 'https://learn.microsoft.com/appcenter/retirement',
      steps: [
        'App Center has been switched off; only its analytics and diagnostics live on. Delete the token in the account settings all the same.',
      ],
    },
    examples: {
      matches: [(sample) => `APPCENTER_API_TOKEN=${sample.hex(40)}`, (sample) => `appcenter distribute release --token ${sample.hex(40)}`],
      misses: [(sample) => `appcenter-cli_commit=${sample.hex(40)}`, () => `APPCENTER_API_TOKEN=${'0'.repeat(40)}`],
    },
  },
];
