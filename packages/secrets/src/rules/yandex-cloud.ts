import { assigned, credentialsOf, token } from './forms.ts';
import type { Rule } from './rule.ts';

export const rules: readonly Rule[] = [
  {
    id: 'yandex-api-key',
    title: 'Yandex Cloud API key',
    provider: 'Yandex Cloud',
    severity: 'high',
    precision: 'exact',
    keywords: ['AQVN'],
    expression: token('AQVN[\\w-]{35,38}'),
    minEntropy: 4,
    source: 'https://yandex.cloud/en/docs/iam/concepts/authorization/api-key',
    rotation: {
      url: 'https://yandex.cloud/en/docs/iam/operations/compromised-credentials',
      steps: [
        'Delete the API key of its service account and create a new one with a scope and an end.',
        'Review the audit trail of the folder.',
      ],
    },
    examples: {
      matches: [
        (sample) => `YANDEX_API_KEY=AQVN${sample.base64url(36)}`,
        (sample) => `-H "Authorization: Api-Key AQVN${sample.base64url(35)}"`,
      ],
      misses: [() => `YANDEX_API_KEY=AQVN${'x'.repeat(36)}`, (sample) => `AQVN${sample.alnum(10)}`],
    },
  },
  {
    id: 'yandex-oauth-token',
    title: 'Yandex OAuth token',
    provider: 'Yandex Cloud',
    severity: 'critical',
    precision: 'exact',
    keywords: ['y0_', 'y1_', 'y2_', 'y3_'],
    expression: token('y[0-3]_[\\w-]{55,60}'),
    minEntropy: 4.2,
    notSecrets: [/^[^0-9]{3}_[a-z_-]*$/],
    source: 'https://yandex.cloud/en/docs/iam/concepts/authorization/oauth-token',
    rotation: {
      url: 'https://id.yandex.com/personal/data-access',
      steps: [
        'Revoke the access of the application on the linked page; changing the password ends all tokens.',
        'Review the audit trail of the clouds that the account may enter.',
      ],
    },
    examples: {
      matches: [
        (sample) => `YC_OAUTH_TOKEN=y0_${sample.base64url(55)}`,
        (sample) => `{"yandexPassportOauthToken":"y0_${sample.base64url(58)}"}`,
      ],
      misses: [() => `YC_OAUTH_TOKEN=y0_${'x'.repeat(55)}`, (sample) => `double y0_${sample.alnum(6)};`, () => 'y0_offset'],
    },
  },
  {
    id: 'yandex-iam-token',
    title: 'Yandex Cloud IAM token',
    provider: 'Yandex Cloud',
    severity: 'low',
    precision: 'exact',
    keywords: ['t1.9eu'],
    expression: token('t1\\.9eu[\\w-]{30,250}={0,2}\\.[\\w-]{86}={0,2}'),
    minEntropy: 4,
    source: 'https://yandex.cloud/en/docs/iam/concepts/authorization/iam-token',
    rotation: {
      url: 'https://yandex.cloud/en/docs/iam/operations/compromised-credentials',
      steps: [
        'The token ends within 12 hours; revoke it with `yc iam revoke-token` if it may still live.',
        'Look for the key or OAuth token it was made from.',
      ],
    },
    examples: {
      matches: [
        (sample) => `YC_TOKEN=t1.9eu${sample.base64url(100)}.${sample.base64url(86)}`,
        (sample) => `Authorization: Bearer t1.9eu${sample.base64url(90)}==.${sample.base64url(86)}==`,
      ],
      misses: [(sample) => `YC_TOKEN=t1.9eu${sample.base64url(100)}`, () => `t1.9eu${'x'.repeat(100)}.${'x'.repeat(86)}`],
    },
  },
  {
    id: 'yandex-static-access-key',
    title: 'Yandex Cloud static access key secret',
    provider: 'Yandex Cloud',
    severity: 'critical',
    precision: 'contextual',
    keywords: ['yandex', 'yc_', 'aws_', 'secret_key', 'secret_access_key'],
    expression: assigned(
      [...credentialsOf('yandex'), 'yc_[\\w]{0,16}?(?:secret|key)', '(?:aws_[\\w]{0,16}?)?secret(?:_access)?_key'],
      'YC[A-Za-z0-9_-]{38}',
    ),
    minEntropy: 4.2,
    source: 'https://yandex.cloud/en/docs/iam/concepts/authorization/access-key',
    rotation: {
      url: 'https://yandex.cloud/en/docs/iam/operations/compromised-credentials',
      steps: ['Delete the static key of its service account and create a new one.', 'Review the access log of the buckets.'],
    },
    examples: {
      matches: [(sample) => `YC_SECRET_KEY=YC${sample.base64url(38)}`, (sample) => `secret_key = "YC${sample.base64url(38)}"`],
      misses: [() => `YC_SECRET_KEY=YC${'x'.repeat(38)}`, (sample) => `YC_SECRET_KEY=YC${sample.alnum(12)}`],
    },
  },
];
