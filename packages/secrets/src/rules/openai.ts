import { token } from './forms.ts';
import type { Rule } from './rule.ts';

// Every key issued since 2022 holds the base64 of `OpenAI` in its middle.
const mark = ['T3Blbk', 'FJ'].join('');

export const rules: readonly Rule[] = [
  {
    id: 'openai-api-key',
    title: 'OpenAI API key',
    provider: 'OpenAI',
    severity: 'critical',
    precision: 'exact',
    keywords: [mark],
    lookBehind: 96,
    expression: token(`sk-(?!admin-)(?:(?:proj|svcacct|None)-)?[A-Za-z0-9_-]{20,80}${mark}[A-Za-z0-9_-]{20,80}`),
    minEntropy: 3.5,
    source: 'https://help.openai.com/en/articles/9186755-managing-projects-in-the-api-platform',
    rotation: {
      url: 'https://platform.openai.com/api-keys',
      steps: [
        'Revoke the key on the linked page.',
        'Look at the usage page of the project for calls and costs that are not yours.',
        'Create a new key in a project with a budget limit, restricted to the endpoints that are needed.',
      ],
    },
    examples: {
      matches: [
        (sample) => `OPENAI_API_KEY=sk-proj-${sample.base64url(73)}x${mark}${sample.base64url(73)}x`,
        (sample) => `client = OpenAI(api_key="sk-${sample.alnum(20)}${mark}${sample.alnum(20)}")`,
        (sample) => `Authorization: Bearer sk-svcacct-${sample.base64url(57)}x${mark}${sample.base64url(57)}x`,
      ],
      misses: [
        (sample) => `OPENAI_API_KEY=sk-proj-${sample.alnum(40)}`,
        (sample) => `{"key": "sk-${sample.alnum(8)}${mark}${sample.alnum(8)}"}`,
        () => `OPENAI_API_KEY=sk-proj-${'x'.repeat(74)}${mark}${'x'.repeat(74)}`,
        () => 'OPENAI_API_KEY=sk-your-key-here',
      ],
    },
  },
  {
    id: 'openai-admin-key',
    title: 'OpenAI admin API key',
    provider: 'OpenAI',
    severity: 'critical',
    precision: 'exact',
    keywords: ['sk-admin-'],
    expression: token(`sk-admin-[A-Za-z0-9_-]{20,80}${mark}[A-Za-z0-9_-]{20,80}`),
    minEntropy: 3.5,
    source: 'https://platform.openai.com/docs/api-reference/administration',
    rotation: {
      url: 'https://platform.openai.com/settings/organization/admin-keys',
      steps: [
        'Revoke the admin key on the linked page.',
        'Review the audit log of the organization: an admin key can invite users and create projects and keys.',
        'Remove users, service accounts and keys that nobody knows, then create a new admin key.',
      ],
    },
    examples: {
      matches: [
        (sample) => `OPENAI_ADMIN_KEY: sk-admin-${sample.base64url(57)}x${mark}${sample.base64url(57)}x`,
        (sample) => `curl -H "Authorization: Bearer sk-admin-${sample.base64url(73)}x${mark}${sample.base64url(73)}x"`,
      ],
      misses: [(sample) => `OPENAI_ADMIN_KEY: sk-admin-${sample.base64url(57)}`, () => 'OPENAI_ADMIN_KEY=sk-admin-your-admin-key'],
    },
  },
];
