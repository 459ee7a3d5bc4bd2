import { crc32 } from 'node:zlib';
import { token } from './forms.ts';
import type { Rule } from './rule.ts';
import type { Sampler } from './sampler.ts';

const source = 'https://docs.gitlab.com/security/tokens/#token-prefixes';

/**
 * The form every kind of token may also have since GitLab 17.7: a base64 payload, its length and a CRC-32 in base 36, some with a
 * version between: https://handbook.gitlab.com/handbook/engineering/architecture/design-documents/cells/routable_tokens/
 */
const routable = '[\\w-]{27,300}\\.(?:[0-9a-z]{2}\\.)?[0-9a-z]{9}';

const kinds = [
  {
    prefix: 'glpat-',
    id: 'gitlab-personal-access-token',
    title: 'GitLab personal, project or group access token',
    severity: 'critical',
    body: '[\\w-]{20}',
    classic: (sample: Sampler) => sample.base64url(20),
    url: 'https://gitlab.com/-/user_settings/personal_access_tokens',
    steps: [
      'Revoke the token: for a personal one on the linked page, for a project or group one under Settings > Access tokens there.',
      'Review the audit events of the account, its projects and groups since the token was exposed.',
      'Issue a new token with the least scopes and an expiry date.',
    ],
  },
  {
    prefix: 'gloas-',
    id: 'gitlab-oauth-application-secret',
    title: 'GitLab OAuth application secret',
    severity: 'high',
    body: '[\\w-]{64}',
    classic: (sample: Sampler) => sample.hex(64),
    url: 'https://docs.gitlab.com/integration/oauth_provider/',
    steps: ['Open the application in GitLab and choose Renew secret.', 'Set the new secret in every client of the application.'],
  },
  {
    prefix: 'gldt-',
    id: 'gitlab-deploy-token',
    title: 'GitLab deploy token',
    severity: 'high',
    body: '[\\w-]{20}',
    classic: (sample: Sampler) => sample.base64url(20),
    url: 'https://docs.gitlab.com/user/project/deploy_tokens/#revoke-a-deploy-token',
    steps: [
      'Revoke the token under Settings > Repository > Deploy tokens of its project or group.',
      'Check the package and container registries for versions that you did not publish.',
      'Create a new deploy token with the scopes that are needed.',
    ],
  },
  {
    prefix: 'glrt-',
    id: 'gitlab-runner-authentication-token',
    title: 'GitLab runner authentication token',
    severity: 'high',
    body: '(?:t\\d_)?[\\w-]{20}',
    classic: (sample: Sampler) => `t1_${sample.base64url(20)}`,
    url: 'https://docs.gitlab.com/security/tokens/#runner-authentication-tokens',
    steps: [
      'Reset the token with `gitlab-runner reset-token`, or delete the runner and register a new one.',
      'Look for jobs that ran on runners you do not know.',
    ],
  },
  {
    prefix: 'glrtr-',
    id: 'gitlab-registered-runner-token',
    title: 'GitLab runner authentication token (from registration)',
    severity: 'high',
    body: '[\\w-]{20,50}',
    classic: (sample: Sampler) => sample.base64url(20),
    url: 'https://docs.gitlab.com/security/tokens/#runner-authentication-tokens',
    steps: [
      'Delete the runner in GitLab and create a new one with the runner creation workflow.',
      'Look for jobs that ran on runners you do not know.',
    ],
  },
  {
    prefix: 'GR1348941',
    id: 'gitlab-runner-registration-token',
    title: 'GitLab runner registration token',
    severity: 'high',
    body: '[\\w-]{20,50}',
    classic: (sample: Sampler) => sample.base64url(20),
    url: 'https://docs.gitlab.com/ci/runners/new_creation_workflow/',
    steps: [
      'Reset the registration token under Settings > CI/CD > Runners and move to runner authentication tokens.',
      'Remove runners that you did not register.',
    ],
  },
  {
    prefix: 'glcbt-',
    id: 'gitlab-job-token',
    title: 'GitLab CI/CD job token',
    severity: 'low',
    body: '(?:[0-9a-zA-Z]{1,5}_)?[\\w-]{20}',
    classic: (sample: Sampler) => `64_${sample.base64url(20)}`,
    url: 'https://docs.gitlab.com/ci/jobs/ci_job_token/',
    steps: [
      'Nothing to revoke: the token ended with its job.',
      'Find out how it came into the repository and stop the job from writing it.',
    ],
  },
  {
    prefix: 'glptt-',
    id: 'gitlab-trigger-token',
    title: 'GitLab pipeline trigger token',
    severity: 'medium',
    body: '[0-9a-f]{40}',
    classic: (sample: Sampler) => sample.hex(40),
    url: 'https://docs.gitlab.com/ci/triggers/#revoke-a-pipeline-trigger-token',
    steps: [
      'Revoke the token under Settings > CI/CD > Pipeline trigger tokens.',
      'Look for pipelines with source "trigger" that you did not start.',
    ],
  },
  {
    prefix: 'glft-',
    id: 'gitlab-feed-token',
    title: 'GitLab feed token',
    severity: 'medium',
    body: '[\\w-]{20}',
    classic: (sample: Sampler) => sample.base64url(20),
    url: 'https://gitlab.com/-/user_settings/personal_access_tokens',
    steps: ['Reset the feed token at the foot of the linked page; calendars and feed readers need the new address.'],
  },
  {
    prefix: 'glimt-',
    id: 'gitlab-incoming-mail-token',
    title: 'GitLab incoming mail token',
    severity: 'medium',
    body: '[\\w-]{25}',
    classic: (sample: Sampler) => sample.lower(25),
    url: 'https://gitlab.com/-/user_settings/personal_access_tokens',
    steps: [
      'Reset the incoming email token at the foot of the linked page.',
      'Look for issues and merge requests that came in by mail in your name.',
    ],
  },
  {
    prefix: 'glagent-',
    id: 'gitlab-agent-token',
    title: 'GitLab agent for Kubernetes token',
    severity: 'high',
    body: '[\\w-]{50}',
    classic: (sample: Sampler) => sample.base64url(50),
    url: 'https://docs.gitlab.com/user/clusters/agent/work_with_agent/#reset-the-agent-token',
    steps: [
      'Create a second token for the agent, roll it out in the cluster, then revoke the old one.',
      "Review the agent's activity in GitLab.",
    ],
  },
  {
    prefix: 'glsoat-',
    id: 'gitlab-scim-token',
    title: 'GitLab SCIM token',
    severity: 'high',
    body: '[\\w-]{20,50}',
    classic: (sample: Sampler) => sample.base64url(20),
    url: 'https://docs.gitlab.com/user/group/saml_sso/scim_setup/',
    steps: [
      'Reset the SCIM token under Settings > SAML SSO of the group and set it in the identity provider.',
      'Review members that were added meanwhile.',
    ],
  },
  {
    prefix: 'glffct-',
    id: 'gitlab-feature-flags-client-token',
    title: 'GitLab feature flags client token',
    severity: 'low',
    body: '[\\w-]{20}',
    classic: (sample: Sampler) => sample.base64url(20),
    url: 'https://docs.gitlab.com/operations/feature_flags/',
    steps: ['Choose Configure on the feature flags page of the project and regenerate the instance ID.'],
  },
  {
    prefix: 'glwt-',
    id: 'gitlab-workspace-token',
    title: 'GitLab workspace token',
    severity: 'high',
    body: '[\\w-]{20,50}',
    classic: (sample: Sampler) => sample.base64url(32),
    url: 'https://docs.gitlab.com/user/workspace/',
    steps: ['Stop and delete the workspace that the token belongs to.', 'Look for pushes from it that you did not make.'],
  },
] as const;

export const rules: readonly Rule[] = [
  ...kinds.map((kind): Rule => {
    const { prefix } = kind;
    return {
      id: kind.id,
      title: kind.title,
      provider: 'GitLab',
      severity: kind.severity,
      precision: 'exact',
      keywords: [prefix],
      expression: token(`${prefix}(?:${routable}|${kind.body})`),
      minEntropy: 3,
      isValid: hasRoutableChecksum,
      source,
      rotation: { url: kind.url, steps: kind.steps },
      examples: {
        matches: [
          (sample) => `GITLAB_TOKEN=${prefix}${kind.classic(sample)}`,
          (sample) => `  token: "${prefix}${kind.classic(sample)}" # see the wiki`,
          (sample) => `{"token": "${withRoutableChecksum(`${prefix}${sample.base64url(36)}.10`)}"}`,
          (sample) =>
            `curl --header 'PRIVATE-TOKEN: ${withRoutableChecksum(`${prefix}${sample.base64url(48)}.01.1c`)}' https://gitlab.com/api/v4/user`,
        ],
        misses: [
          () => `GITLAB_TOKEN=${prefix}${'x'.repeat(20)}`,
          (sample) => `token: ${prefix}${sample.alnum(9)}`,
          (sample) => `token: ${prefix}${sample.base64url(36)}.100000000`,
          () => `token: ${prefix}<your-token>`,
        ],
      },
    };
  }),
  {
    id: 'gitlab-session-cookie',
    title: 'GitLab session cookie',
    provider: 'GitLab',
    severity: 'medium',
    precision: 'exact',
    keywords: ['_gitlab_session='],
    expression: /_gitlab_session=(?<secret>[0-9a-f]{32})(?![0-9A-Za-z])/,
    minEntropy: 3,
    source,
    rotation: {
      url: 'https://gitlab.com/-/user_settings/active_sessions',
      steps: ['End the session on the linked page; changing the password ends all of them.', 'Review the audit events of the account.'],
    },
    examples: {
      matches: [
        (sample) => `Cookie: _gitlab_session=${sample.hex(32)}; event_filter=all`,
        (sample) => `curl -b "_gitlab_session=${sample.hex(32)}" https://gitlab.example/`,
      ],
      misses: [
        () => `_gitlab_session=${'0'.repeat(32)}`,
        (sample) => `_gitlab_session=${sample.hex(20)}`,
        () => 'cookies[:_gitlab_session] = session.id',
      ],
    },
  },
];

/** True for the older form, which has no checksum. */
function hasRoutableChecksum(secret: string): boolean {
  return !secret.includes('.') || withRoutableChecksum(secret.slice(0, -7)) === secret;
}

function withRoutableChecksum(checked: string): string {
  return checked + crc32(checked).toString(36).padStart(7, '0');
}
