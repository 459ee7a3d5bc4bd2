import { assigned, credentialsOf, token, uuid } from './forms.ts';
import type { Rule } from './rule.ts';

/** Services that analyse code, with one kind of token each: their findings are a map of the weak places. */
export const rules: readonly Rule[] = [
  {
    id: 'sonar-token',
    title: 'SonarQube or SonarCloud token',
    provider: 'Sonar',
    severity: 'high',
    precision: 'exact',
    keywords: ['sqp_', 'squ_', 'sqa_'],
    expression: token('sq[pua]_[0-9a-f]{40}'),
    minEntropy: 3.3,
    source: 'https://docs.sonarsource.com/sonarqube-server/latest/user-guide/managing-tokens/',
    rotation: {
      url: 'https://docs.sonarsource.com/sonarqube-server/latest/user-guide/managing-tokens/',
      steps: ['Revoke the token under My account > Security of its user.', 'Generate a project analysis token with an end.'],
    },
    examples: {
      matches: [(sample) => `sonar-scanner -Dsonar.token=sqp_${sample.hex(40)}`, (sample) => `SONAR_TOKEN=squ_${sample.hex(40)}`],
      misses: [() => `SONAR_TOKEN=sqp_${'0'.repeat(40)}`, (sample) => `sqp_${sample.hex(10)}`, (sample) => `rsqp_${sample.hex(40)}`],
    },
  },
  {
    id: 'sonar-legacy-token',
    title: 'SonarQube or SonarCloud token (older form)',
    provider: 'Sonar',
    severity: 'high',
    precision: 'contextual',
    keywords: ['sonar'],
    expression: assigned(['sonar[\\w.\\-]{0,16}?(?:login|token)'], '[0-9a-f]{40}'),
    minEntropy: 3.3,
    source: 'https://docs.sonarsource.com/sonarqube-server/latest/user-guide/managing-tokens/',
    rotation: {
      url: 'https://sonarcloud.io/account/security',
      steps: ['Revoke the token under My account > Security of its user.', 'Generate a project analysis token with an end.'],
    },
    examples: {
      matches: [
        (sample) => `sonar.login=${sample.hex(40)}`,
        (sample) => `mvn sonar:sonar -Dsonar.token=${sample.hex(40)}`,
        (sample) => `SONARCLOUD_TOKEN: ${sample.hex(40)}`,
      ],
      misses: [
        (sample) => `sonarqube-scanner-2.5.0.tgz#${sample.hex(40)}`,
        () => `sonar.login=${'0'.repeat(40)}`,
        () => 'sonar.login=admin',
      ],
    },
  },
  {
    id: 'snyk-api-token',
    title: 'Snyk API token',
    provider: 'Snyk',
    severity: 'high',
    precision: 'contextual',
    keywords: ['snyk'],
    expression: assigned(
      [...credentialsOf('snyk'), 'snyk[ \\t]{1,4}auth(?= [0-9a-f]{8}-)', 'snyk[ \\t]{1,4}config[ \\t]{1,4}set[ \\t]{1,4}api'],
      uuid,
    ),
    minEntropy: 3,
    source: 'https://docs.snyk.io/developer-tools/snyk-api/authentication-for-api',
    rotation: {
      url: 'https://app.snyk.io/account',
      steps: [
        'Revoke and regenerate the token on the linked page, a service account token in its group or organisation.',
        'Read the audit log; remember that the findings of every project could be read.',
      ],
    },
    examples: {
      matches: [
        (sample) => `SNYK_TOKEN=${sample.uuid()}`,
        (sample) => `snyk auth ${sample.uuid()}`,
        (sample) => `snyk config set api=${sample.uuid()}`,
      ],
      misses: [
        (sample) => `SNYK_ORG_ID=${sample.uuid()}`,
        () => 'SNYK_TOKEN=00000000-0000-0000-0000-000000000000',
        () => 'SNYK_TOKEN=${{ secrets.SNYK_TOKEN }}',
      ],
    },
  },
  {
    id: 'semgrep-app-token',
    title: 'Semgrep AppSec Platform token',
    provider: 'Semgrep',
    severity: 'medium',
    precision: 'contextual',
    keywords: ['semgrep'],
    expression: assigned(credentialsOf('semgrep'), '[0-9a-f]{64}'),
    minEntropy: 3.4,
    source: 'https://semgrep.dev/docs/semgrep-ci/ci-environment-variables#semgrep_app_token',
    rotation: {
      url: 'https://semgrep.dev/orgs/-/settings/tokens',
      steps: ['Delete the token on the linked page and create one with the Agent scope only.'],
    },
    examples: {
      matches: [(sample) => `SEMGREP_APP_TOKEN=${sample.hex(64)}`, (sample) => `semgrep: { token: "${sample.hex(64)}" }`],
      misses: [() => `SEMGREP_APP_TOKEN=${'0'.repeat(64)}`, (sample) => `semgrep_image=${sample.hex(64)}`],
    },
  },
  {
    id: 'gitguardian-api-key',
    title: 'GitGuardian API key',
    provider: 'GitGuardian',
    severity: 'high',
    precision: 'contextual',
    keywords: ['gitguardian'],
    expression: assigned(credentialsOf('gitguardian'), '[A-Za-z0-9]{70,72}'),
    minEntropy: 4,
    source: 'https://docs.gitguardian.com/api-docs/authentication',
    rotation: {
      url: 'https://dashboard.gitguardian.com/api/personal-access-tokens',
      steps: [
        'Revoke the token on the linked page, a service account in its own list.',
        'Read the audit log: with the incident scopes it reads where secrets leaked.',
      ],
    },
    examples: {
      matches: [(sample) => `GITGUARDIAN_API_KEY=${sample.alnum(72)}`, (sample) => `gitguardian_api_key: ${sample.alnum(71)}`],
      misses: [() => `GITGUARDIAN_API_KEY=${'x'.repeat(72)}`, (sample) => `GITGUARDIAN_API_KEY=${sample.alnum(32)}`],
    },
  },
  {
    id: 'code-climate-reporter-id',
    title: 'Code Climate test reporter id',
    provider: 'Code Climate',
    severity: 'low',
    precision: 'contextual',
    keywords: ['cc_test_reporter_id', 'codeclimate'],
    expression: assigned(['cc_test_reporter_id', 'codeclimate[\\w.\\-]{0,12}?token'], '[0-9a-f]{64}'),
    minEntropy: 3.4,
    source: 'https://docs.codeclimate.com/docs/finding-your-test-coverage-token',
    rotation: {
      url: 'https://docs.codeclimate.com/docs/finding-your-test-coverage-token',
      steps: ['Regenerate the id under Repo settings > Test coverage. It only uploads coverage, but it can falsify it.'],
    },
    examples: {
      matches: [
        (sample) => `CC_TEST_REPORTER_ID=${sample.hex(64)} cc-test-reporter`,
        (sample) => `CODECLIMATE_REPO_TOKEN: ${sample.hex(64)}`,
      ],
      misses: [
        () => `CC_TEST_REPORTER_ID=${'0'.repeat(64)}`,
        () => 'CC_TEST_REPORTER_ID=${{ secrets.CC }}',
        (sample) => `codeclimate_digest=${sample.hex(64)}`,
      ],
    },
  },
  {
    id: 'stackhawk-api-key',
    title: 'StackHawk API key',
    provider: 'StackHawk',
    severity: 'medium',
    precision: 'exact',
    keywords: ['hawk.'],
    expression: token('hawk\\.[\\w-]{20}\\.[\\w-]{20}'),
    minEntropy: 4,
    source: 'https://docs.stackhawk.com/web-app/api-keys',
    rotation: {
      url: 'https://app.stackhawk.com/settings/apikeys',
      steps: ['Delete the key on the linked page and create a new one for the scanner.'],
    },
    examples: {
      matches: [
        (sample) => `HAWK_API_KEY=hawk.${sample.base64url(20)}.${sample.base64url(20)}`,
        (sample) => `hawk init --api-key=hawk.${sample.base64url(20)}.${sample.base64url(20)}`,
      ],
      misses: [
        () => `HAWK_API_KEY=hawk.${'x'.repeat(20)}.${'x'.repeat(20)}`,
        () => 'https://mohawk.example.com/index',
        (sample) => `hawk.${sample.alnum(20)}`,
      ],
    },
  },
  {
    id: 'dependency-track-api-key',
    title: 'OWASP Dependency-Track API key',
    provider: 'Dependency-Track',
    severity: 'high',
    precision: 'exact',
    keywords: ['odt_'],
    expression: token('odt_(?:[A-Za-z0-9]{8}_)?[A-Za-z0-9]{32,80}'),
    minEntropy: 4,
    source: 'https://docs.dependencytrack.org/integrations/rest-api/',
    rotation: {
      url: 'https://docs.dependencytrack.org/integrations/rest-api/',
      steps: ['Regenerate the key of its team under Administration > Access management.', 'Narrow the permissions of the team.'],
    },
    examples: {
      matches: [(sample) => `X-Api-Key: odt_${sample.alnum(32)}`, (sample) => `DTRACK_API_KEY=odt_${sample.alnum(8)}_${sample.alnum(32)}`],
      misses: [() => `X-Api-Key: odt_${'x'.repeat(32)}`, (sample) => `odt_${sample.alnum(10)}`, (sample) => `modt_${sample.alnum(32)}`],
    },
  },
  {
    id: 'aikido-token',
    title: 'Aikido Security secret or CI token',
    provider: 'Aikido',
    severity: 'high',
    precision: 'exact',
    keywords: ['AIK_SECRET_', 'AIK_CI_', 'AIK_RUNTIME_'],
    expression: token('AIK_(?:SECRET_[A-Za-z0-9]{64}|CI_[A-Za-z0-9]{20,64}|RUNTIME_\\d{1,8}_\\d{1,8}_[A-Za-z0-9_]{20,80})'),
    minEntropy: 3.8,
    source: 'https://apidocs.aikido.dev/reference/authorization',
    rotation: {
      url: 'https://app.aikido.dev/settings/integrations',
      steps: ['Revoke the client, the CI token or the runtime token on the linked page and create a new one.'],
    },
    examples: {
      matches: [
        (sample) => `AIKIDO_CLIENT_SECRET=AIK_SECRET_${sample.alnum(64)}`,
        (sample) => `AIKIDO_CI_TOKEN: AIK_CI_${sample.alnum(40)}`,
        (sample) => `AIKIDO_TOKEN=AIK_RUNTIME_12_345_${sample.alnum(40)}`,
      ],
      misses: [() => `AIK_SECRET_${'x'.repeat(64)}`, (sample) => `AIK_CLIENT_${sample.alnum(24)}`, () => 'AIK_CI_TOKEN'],
    },
  },
];
