import { assigned, credentialsOf, token } from './forms.ts';
import type { Rule } from './rule.ts';

const upperHex = '0123456789ABCDEF';

export const rules: readonly Rule[] = [
  {
    id: 'atlassian-api-token',
    title: 'Atlassian API token',
    provider: 'Atlassian',
    severity: 'critical',
    precision: 'exact',
    keywords: ['ATATT3xFfG'],
    expression: token('ATATT3xFfG[\\w-]{80,300}(?:={1,2}|\\\\=|%3[Dd])[A-F0-9]{8}'),
    minEntropy: 4,
    source: 'https://support.atlassian.com/atlassian-account/docs/manage-api-tokens-for-your-atlassian-account/',
    rotation: {
      url: 'https://id.atlassian.com/manage-profile/security/api-tokens',
      steps: [
        'Revoke the token on the linked page.',
        'Have an organisation admin review the audit log for what the account did in Jira, Confluence and Bitbucket.',
        'Create a new token with scopes and an expiry date.',
      ],
    },
    examples: {
      matches: [
        (sample) => `JIRA_API_TOKEN=ATATT3xFfG${sample.base64url(173)}=${sample.from(upperHex, 8)}`,
        (sample) =>
          `curl -u me@example.com:ATATT3xFfG${sample.base64url(173)}=${sample.from(upperHex, 8)} https://site.atlassian.net/rest/api/3/myself`,
      ],
      misses: [
        (sample) => `JIRA_API_TOKEN=ATATT3xFfG${sample.base64url(12)}...`,
        () => `token: ATATT3xFfG${'x'.repeat(173)}=${upperHex.slice(0, 8)}`,
      ],
    },
  },
  {
    id: 'atlassian-access-token',
    title: 'Bitbucket Cloud access token or Atlassian organisation API key',
    provider: 'Atlassian',
    severity: 'critical',
    precision: 'exact',
    keywords: ['ATCTT3xFfG'],
    expression: token('ATCTT3xFfG[\\w-]{80,300}(?:={1,2}|\\\\=|%3[Dd])[A-F0-9]{8}'),
    minEntropy: 4,
    source: 'https://support.atlassian.com/bitbucket-cloud/docs/access-tokens/',
    rotation: {
      url: 'https://support.atlassian.com/bitbucket-cloud/docs/revoke-a-repository-access-token/',
      steps: [
        'Revoke the token under Access tokens in the settings of its repository, project or workspace; an organisation key on admin.atlassian.com under Settings > API keys.',
        'Review the commits, pipelines and the organisation audit log since it was exposed.',
        'Issue a new token with the least scopes.',
      ],
    },
    examples: {
      matches: [
        (sample) => `BITBUCKET_TOKEN="ATCTT3xFfG${sample.base64url(166)}=${sample.from(upperHex, 8)}"`,
        (sample) => `https://x-token-auth:ATCTT3xFfG${sample.base64url(166)}=${sample.from(upperHex, 8)}@bitbucket.org/team/repo.git`,
      ],
      misses: [(sample) => `ATCTT3xFfG${sample.base64url(20)}`, () => `ATCTT3xFfG${'x'.repeat(166)}=${upperHex.slice(0, 8)}`],
    },
  },
  {
    id: 'atlassian-legacy-api-token',
    title: 'Atlassian API token (older form)',
    provider: 'Atlassian',
    severity: 'high',
    precision: 'contextual',
    keywords: ['atlassian', 'confluence', 'jira'],
    expression: assigned(credentialsOf('atlassian', 'confluence', 'jira'), '[A-Za-z0-9]{24}'),
    minEntropy: 3.7,
    notSecrets: [/^[0-9a-f]{24}$/, /^[^0-9]*$/, /^[^A-Z]*$/],
    source: 'https://support.atlassian.com/atlassian-account/docs/manage-api-tokens-for-your-atlassian-account/',
    rotation: {
      url: 'https://id.atlassian.com/manage-profile/security/api-tokens',
      steps: [
        'Revoke the token on the linked page.',
        'Have an organisation admin review the audit log.',
        'Create a new token with scopes and an expiry date.',
      ],
    },
    examples: {
      matches: [(sample) => `JIRA_API_TOKEN=${sample.alnum(24)}`, (sample) => `confluence.password: "${sample.alnum(24)}"`],
      misses: [
        (sample) => `jira_session_key=${sample.hex(24)}`,
        () => 'JIRA_API_TOKEN=REPLACE_ME',
        () => 'jiraToken: readJiraTokenFromEnvironment',
        (sample) => `jira.issue = ${sample.alnum(24)}`,
      ],
    },
  },
  {
    id: 'atlassian-data-center-token',
    title: 'Jira or Confluence Data Center personal access token',
    provider: 'Atlassian',
    severity: 'high',
    precision: 'contextual',
    keywords: ['confluence', 'jira', 'bitbucket'],
    // 44 characters: base64 of `<12 digits>:<20 random bytes>`.
    expression: assigned(credentialsOf('confluence', 'jira', 'bitbucket'), '[MNO][A-Za-z0-9+/]{43}'),
    minEntropy: 4,
    isValid: isDataCenterToken,
    source: 'https://confluence.atlassian.com/enterprise/using-personal-access-tokens-1026032365.html',
    rotation: {
      url: 'https://confluence.atlassian.com/enterprise/using-personal-access-tokens-1026032365.html',
      steps: ['Revoke the token in the profile of its user under Personal access tokens.', 'Review the audit log of the instance.'],
    },
    examples: {
      matches: [
        (sample) => `JIRA_PAT=${dataCenterToken(sample.digits(12), sample.hex(40))}`,
        (sample) => `"confluence": {"token": "${dataCenterToken(sample.digits(12), sample.hex(40))}"}`,
      ],
      misses: [(sample) => `JIRA_PAT=M${sample.base64(43)}`, (sample) => `JIRA_PAT=${sample.hex(44)}`],
    },
  },
];

function isDataCenterToken(secret: string): boolean {
  return /^\d{12}:/.test(Buffer.from(secret, 'base64').toString('latin1'));
}

function dataCenterToken(id: string, randomHex: string): string {
  return Buffer.concat([Buffer.from(`${id}:`), Buffer.from(randomHex.slice(0, 40), 'hex')]).toString('base64');
}
