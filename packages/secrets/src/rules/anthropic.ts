import { token } from './forms.ts';
import type { Rule } from './rule.ts';

const source = 'https://docs.claude.com/en/api/admin-api/apikeys/get-api-key';

export const rules: readonly Rule[] = [
  {
    id: 'anthropic-api-key',
    title: 'Anthropic API key',
    provider: 'Anthropic',
    severity: 'critical',
    precision: 'exact',
    keywords: ['sk-ant-api'],
    expression: token('sk-ant-api\\d{2,3}-[A-Za-z0-9_-]{80,130}(?!-)'),
    minEntropy: 4,
    source,
    rotation: {
      url: 'https://console.anthropic.com/settings/keys',
      steps: [
        'Delete the key on the linked page.',
        'Check the usage page of the workspace for requests that are not yours.',
        'Create a new key in a workspace with a spend limit.',
      ],
    },
    examples: {
      matches: [
        (sample) => `ANTHROPIC_API_KEY=sk-ant-api03-${sample.base64url(92)}xAA`,
        (sample) => `const client = new Anthropic({ apiKey: 'sk-ant-api03-${sample.base64url(92)}xAA' });`,
        (sample) => `curl -H "x-api-key: sk-ant-api03-${sample.base64url(92)}xAA" https://api.anthropic.com/v1/messages`,
      ],
      misses: [
        (sample) => `ANTHROPIC_API_KEY=sk-ant-api03-${sample.base64url(40)}`,
        () => `ANTHROPIC_API_KEY=sk-ant-api03-${'x'.repeat(93)}AA`,
        () => 'ANTHROPIC_API_KEY=sk-ant-api03-your-key-here',
      ],
    },
  },
  {
    id: 'anthropic-admin-key',
    title: 'Anthropic admin API key',
    provider: 'Anthropic',
    severity: 'critical',
    precision: 'exact',
    keywords: ['sk-ant-admin'],
    expression: token('sk-ant-admin\\d{2}-[A-Za-z0-9_-]{80,110}AA(?!-)'),
    minEntropy: 4,
    source: 'https://docs.claude.com/en/api/administration-api',
    rotation: {
      url: 'https://console.anthropic.com/settings/admin-keys',
      steps: [
        'Delete the admin key on the linked page.',
        'Review members, invitations and API keys of the organization: an admin key can change all of them.',
        'Create a new admin key only if something still needs one.',
      ],
    },
    examples: {
      matches: [
        (sample) => `ANTHROPIC_ADMIN_KEY="sk-ant-admin01-${sample.base64url(92)}xAA"`,
        (sample) => `{"x-api-key":"sk-ant-admin01-${sample.base64url(92)}xAA"}`,
      ],
      misses: [(sample) => `key: sk-ant-admin01-${sample.base64url(20)}`, () => `key: sk-ant-admin01-${'0'.repeat(93)}AA`],
    },
  },
  {
    id: 'anthropic-session-token',
    title: 'Claude OAuth or session token',
    provider: 'Anthropic',
    severity: 'high',
    precision: 'exact',
    keywords: ['sk-ant-oat', 'sk-ant-ort', 'sk-ant-sid'],
    expression: token('sk-ant-(?:oat|ort|sid)\\d{2}-[A-Za-z0-9_-]{80,130}(?!-)'),
    minEntropy: 4,
    source: 'https://docs.claude.com/en/docs/claude-code/iam',
    rotation: {
      url: 'https://claude.ai/settings/account',
      steps: [
        'Log out of all devices on the linked page: that ends sessions and the tokens of command-line clients.',
        'Sign in again where it is needed; in pipelines, use a token made for that purpose and kept in the secret store.',
      ],
    },
    examples: {
      matches: [
        (sample) => `CLAUDE_CODE_OAUTH_TOKEN=sk-ant-oat01-${sample.base64url(92)}xAA`,
        (sample) => `{"refreshToken":"sk-ant-ort01-${sample.base64url(92)}xAA"}`,
        (sample) => `Cookie: sessionKey=sk-ant-sid01-${sample.base64url(92)}xAA`,
      ],
      misses: [(sample) => `CLAUDE_CODE_OAUTH_TOKEN=sk-ant-oat01-${sample.alnum(30)}`, () => `token: sk-ant-oat01-${'x'.repeat(95)}`],
    },
  },
];
