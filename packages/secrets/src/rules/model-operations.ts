import { assigned, credentialsOf, token } from './forms.ts';
import type { Rule } from './rule.ts';

/** Services around language models (tracing, evaluation, sandboxes, GPU hosting) with one kind of key each. */
export const rules: readonly Rule[] = [
  {
    id: 'langsmith-api-key',
    title: 'LangSmith API key',
    provider: 'LangChain',
    severity: 'high',
    precision: 'exact',
    keywords: ['lsv2_'],
    expression: token('lsv2_(?:pt|sk)_[0-9a-f]{32}_[0-9a-f]{10}'),
    minEntropy: 3.2,
    source: 'https://docs.smith.langchain.com/administration/how_to_guides/organization_management/create_account_api_key',
    rotation: {
      url: 'https://smith.langchain.com/settings/apikeys',
      steps: [
        'Delete the key on the linked page (`pt` personal, `sk` service).',
        'Remember that traces hold prompts and answers: judge what was readable with it.',
        'Create a service key limited to one workspace.',
      ],
    },
    examples: {
      matches: [
        (sample) => `LANGSMITH_API_KEY=lsv2_pt_${sample.hex(32)}_${sample.hex(10)}`,
        (sample) => `os.environ["LANGCHAIN_API_KEY"] = "lsv2_sk_${sample.hex(32)}_${sample.hex(10)}"`,
      ],
      misses: [(sample) => `LANGSMITH_API_KEY=lsv2_pt_${sample.hex(32)}`, () => `lsv2_pt_${'0'.repeat(32)}_${'0'.repeat(10)}`],
    },
  },
  {
    id: 'langfuse-secret-key',
    title: 'Langfuse secret key',
    provider: 'Langfuse',
    severity: 'high',
    precision: 'exact',
    keywords: ['sk-lf-'],
    expression: token('sk-lf-[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}'),
    minEntropy: 3,
    source: 'https://langfuse.com/faq/all/where-are-langfuse-api-keys',
    rotation: {
      url: 'https://cloud.langfuse.com/',
      steps: ['Delete the key pair in the settings of the project.', 'Judge what traces were readable with it.', 'Create a new key pair.'],
    },
    examples: {
      matches: [(sample) => `LANGFUSE_SECRET_KEY=sk-lf-${sample.uuid()}`, (sample) => `secretKey: "sk-lf-${sample.uuid()}",`],
      misses: [
        (sample) => `LANGFUSE_PUBLIC_KEY=pk-lf-${sample.uuid()}`,
        () => 'LANGFUSE_SECRET_KEY=sk-lf-...',
        () => 'sk-lf-00000000-0000-0000-0000-000000000000',
      ],
    },
  },
  {
    id: 'helicone-api-key',
    title: 'Helicone API key',
    provider: 'Helicone',
    severity: 'high',
    precision: 'exact',
    keywords: ['sk-helicone-'],
    expression: token('sk-helicone-(?:[a-z]{2}-)?[a-z0-9]{7}-[a-z0-9]{7}-[a-z0-9]{7}-[a-z0-9]{7}'),
    minEntropy: 3.4,
    source: 'https://docs.helicone.ai/helicone-headers/helicone-auth',
    rotation: {
      url: 'https://us.helicone.ai/settings/api-keys',
      steps: ['Delete the key on the linked page.', 'Judge what logged requests were readable with it.', 'Create a new key.'],
    },
    examples: {
      matches: [
        (sample) => `HELICONE_API_KEY=sk-helicone-${sample.lower(7)}-${sample.lower(7)}-${sample.lower(7)}-${sample.lower(7)}`,
        (sample) => `"Helicone-Auth": "Bearer sk-helicone-${sample.lower(7)}-${sample.lower(7)}-${sample.lower(7)}-${sample.lower(7)}"`,
      ],
      misses: [(sample) => `HELICONE_API_KEY=sk-helicone-${sample.lower(7)}`, () => 'sk-helicone-xxxxxxx-xxxxxxx-xxxxxxx-xxxxxxx'],
    },
  },
  {
    id: 'llama-cloud-api-key',
    title: 'LlamaCloud API key',
    provider: 'LlamaIndex',
    severity: 'high',
    precision: 'exact',
    keywords: ['llx-'],
    expression: token('llx-[\\w-]{48}'),
    minEntropy: 4,
    source: 'https://docs.cloud.llamaindex.ai/api_key',
    rotation: {
      url: 'https://cloud.llamaindex.ai/api-key',
      steps: ['Revoke the key on the linked page.', 'Check the credits used.', 'Create a new key for the project.'],
    },
    examples: {
      matches: [(sample) => `LLAMA_CLOUD_API_KEY=llx-${sample.alnum(48)}`, (sample) => `LlamaParse(api_key="llx-${sample.alnum(48)}")`],
      misses: [
        () => 'LLAMA_CLOUD_API_KEY=llx-...',
        (sample) => `LLAMA_CLOUD_API_KEY=llx-${sample.alnum(12)}`,
        () => `llx-${'x'.repeat(48)}`,
      ],
    },
  },
  {
    id: 'e2b-api-key',
    title: 'E2B API key',
    provider: 'E2B',
    severity: 'high',
    precision: 'exact',
    keywords: ['e2b_'],
    expression: token('e2b_[0-9a-f]{40}'),
    minEntropy: 3,
    source: 'https://e2b.dev/docs/api-key',
    rotation: {
      url: 'https://e2b.dev/dashboard?tab=keys',
      steps: ['Delete the key on the linked page.', 'List and kill sandboxes that are not yours.', 'Create a new key.'],
    },
    examples: {
      matches: [(sample) => `E2B_API_KEY=e2b_${sample.hex(40)}`, (sample) => `apiKey: 'e2b_${sample.hex(40)}'`],
      misses: [(sample) => `E2B_API_KEY=e2b_${sample.hex(12)}`, () => 'E2B_API_KEY=e2b_***', () => `e2b_${'0'.repeat(40)}`],
    },
  },
  {
    id: 'runpod-api-key',
    title: 'RunPod API key',
    provider: 'RunPod',
    severity: 'high',
    precision: 'exact',
    keywords: ['rpa_'],
    expression: token('rpa_[A-Z0-9]{40}[A-Za-z0-9]{6}'),
    minEntropy: 3.8,
    source: 'https://docs.runpod.io/get-started/api-keys',
    rotation: {
      url: 'https://console.runpod.io/user/settings',
      steps: [
        'Delete the key on the linked page.',
        'Check pods, endpoints and the balance for use that is not yours.',
        'Create a restricted key.',
      ],
    },
    examples: {
      matches: [
        (sample) => `RUNPOD_API_KEY=rpa_${sample.upper(40)}${sample.lower(6)}`,
        (sample) => `runpod.api_key = "rpa_${sample.upper(40)}${sample.lower(6)}"`,
      ],
      misses: [(sample) => `RUNPOD_API_KEY=rpa_${sample.upper(20)}`, () => `RUNPOD_API_KEY=rpa_${'X'.repeat(46)}`],
    },
  },
  {
    id: 'fal-api-key',
    title: 'fal API key',
    provider: 'fal',
    severity: 'high',
    precision: 'contextual',
    keywords: ['fal_', 'fal.', 'fal-client', '@fal-ai'],
    expression:
      /(?:fal_|fal\.|fal-client|@fal-ai)[^\r\n]{0,48}?(?<![A-Za-z0-9_-])(?<secret>[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}:[0-9a-f]{32})(?![A-Za-z0-9_])/i,
    minEntropy: 3,
    source: 'https://docs.fal.ai/model-apis/authentication/',
    rotation: {
      url: 'https://fal.ai/dashboard/keys',
      steps: ['Delete the key on the linked page.', 'Check usage and billing.', 'Create a key with scope API, not admin.'],
    },
    examples: {
      matches: [
        (sample) => `FAL_KEY=${sample.uuid()}:${sample.hex(32)}`,
        (sample) => `fal.config({ credentials: "${sample.uuid()}:${sample.hex(32)}" });`,
      ],
      misses: [(sample) => `FAL_KEY_ID=${sample.uuid()}`, () => 'FAL_KEY=YOUR_API_KEY'],
    },
  },
  {
    id: 'cursor-api-key',
    title: 'Cursor API key',
    provider: 'Cursor',
    severity: 'high',
    precision: 'contextual',
    keywords: ['cursor_', 'cursor-', 'cursorapi'],
    expression: assigned(credentialsOf('cursor(?:_|-|api)'), 'key_[0-9a-f]{64}'),
    minEntropy: 3.2,
    source: 'https://docs.cursor.com/en/account/teams/admin-api',
    rotation: {
      url: 'https://cursor.com/dashboard?tab=settings',
      steps: ['Revoke the key on the linked page.', 'Review the actions of the team since the leak.', 'Create a new key.'],
    },
    examples: {
      matches: [(sample) => `CURSOR_API_KEY=key_${sample.hex(64)}`, (sample) => `cursor_admin_key: "key_${sample.hex(64)}"`],
      misses: [(sample) => `CURSOR_API_KEY=key_${sample.hex(16)}`, () => 'CURSOR_API_KEY=your-cursor-key'],
    },
  },
  {
    id: 'devin-api-key',
    title: 'Devin API key',
    provider: 'Cognition',
    severity: 'critical',
    precision: 'exact',
    keywords: ['apk_user_', 'apk_b3Jn', 'cog_'],
    expression: token('(?:apk_user_[A-Za-z0-9+/]{100,180}={0,2}|apk_b3Jn[A-Za-z0-9+/]{70,120}={0,2}|cog_[a-z2-7]{52})'),
    minEntropy: 3.8,
    source: 'https://docs.devin.ai/api-reference/authentication',
    rotation: {
      url: 'https://app.devin.ai/settings/api-keys',
      steps: [
        'Revoke the key on the linked page.',
        'Check sessions started since the leak: they can reach the repositories and secrets of the organization.',
      ],
    },
    examples: {
      matches: [
        (sample) =>
          `DEVIN_API_KEY=apk_user_${Buffer.from(`user-${sample.hex(32)}_org-${sample.hex(32)}:${sample.hex(32)}`).toString('base64')}`,
        (sample) => `DEVIN_API_KEY=apk_${Buffer.from(`org-${sample.hex(32)}:${sample.hex(32)}`).toString('base64')}`,
        (sample) => `Authorization: Bearer cog_${sample.from('abcdefghijklmnopqrstuvwxyz234567', 52)}`,
      ],
      misses: [() => 'DEVIN_API_KEY=apk_user_...', (sample) => `cog_${sample.lower(10)}`, () => `cog_${'x'.repeat(52)}`],
    },
  },
];
