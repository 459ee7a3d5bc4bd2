import { assigned, credentialsOf, token } from './forms.ts';
import type { Rule } from './rule.ts';

/** Web search, scraping and vector search services with one kind of key each. */
export const rules: readonly Rule[] = [
  {
    id: 'tavily-api-key',
    title: 'Tavily API key',
    provider: 'Tavily',
    severity: 'medium',
    precision: 'exact',
    keywords: ['tvly-'],
    expression: token('tvly-(?:(?:dev|prod)-)?[A-Za-z0-9]{32}'),
    minEntropy: 3.7,
    source: 'https://docs.tavily.com/documentation/api-reference/introduction',
    rotation: {
      url: 'https://app.tavily.com/home',
      steps: ['Delete the key on the linked page.', 'Check the credits used.', 'Create a new key with a limit.'],
    },
    examples: {
      matches: [(sample) => `TAVILY_API_KEY=tvly-${sample.alnum(32)}`, (sample) => `TavilyClient(api_key="tvly-dev-${sample.alnum(32)}")`],
      misses: [
        () => 'TAVILY_API_KEY=tvly-YOUR_API_KEY',
        (sample) => `TAVILY_API_KEY=tvly-${sample.alnum(12)}`,
        () => `tvly-${'x'.repeat(32)}`,
      ],
    },
  },
  {
    id: 'firecrawl-api-key',
    title: 'Firecrawl API key',
    provider: 'Firecrawl',
    severity: 'medium',
    precision: 'contextual',
    keywords: ['firecrawl'],
    expression: /firecrawl[^\r\n]{0,80}?(?<![A-Za-z0-9_])(?<secret>fc-[0-9a-f]{32})(?![A-Za-z0-9_])/i,
    minEntropy: 3,
    source: 'https://docs.firecrawl.dev/introduction',
    rotation: {
      url: 'https://www.firecrawl.dev/app/api-keys',
      steps: ['Delete the key on the linked page.', 'Check the credits used.', 'Create a new key.'],
    },
    examples: {
      matches: [(sample) => `FIRECRAWL_API_KEY=fc-${sample.hex(32)}`, (sample) => `app = FirecrawlApp(api_key="fc-${sample.hex(32)}")`],
      misses: [() => 'FIRECRAWL_API_KEY=fc-YOUR_API_KEY', (sample) => `FIRECRAWL_API_KEY=fc-${sample.hex(10)}`],
    },
  },
  {
    id: 'brave-search-api-key',
    title: 'Brave Search API key',
    provider: 'Brave',
    severity: 'medium',
    precision: 'contextual',
    keywords: ['brave', 'x-subscription-token'],
    expression: assigned([...credentialsOf('brave'), 'x-subscription-token'], 'BSA[A-Za-z0-9_-]{24,40}'),
    minEntropy: 3.7,
    source: 'https://api-dashboard.search.brave.com/app/documentation/web-search/get-started',
    rotation: {
      url: 'https://api-dashboard.search.brave.com/app/keys',
      steps: ['Delete the key on the linked page.', 'Check the requests it made.', 'Create a new key.'],
    },
    examples: {
      matches: [(sample) => `BRAVE_API_KEY=BSA${sample.alnum(28)}`, (sample) => `curl -H "X-Subscription-Token: BSA${sample.alnum(28)}"`],
      misses: [() => 'BRAVE_API_KEY=<YOUR_API_KEY>', (sample) => `BRAVE_API_KEY=BSA${sample.alnum(5)}`],
    },
  },
  {
    id: 'serpapi-api-key',
    title: 'SerpApi API key',
    provider: 'SerpApi',
    severity: 'medium',
    precision: 'contextual',
    keywords: ['serpapi', 'serp_api'],
    expression: assigned([...credentialsOf('serpapi', 'serp_api'), 'serpapi\\.com/search[^\\s"\']{0,120}?api_key'], '[0-9a-f]{64}'),
    minEntropy: 3.2,
    source: 'https://serpapi.com/search-api',
    rotation: {
      url: 'https://serpapi.com/manage-api-key',
      steps: ['Regenerate the key on the linked page.', 'Check the searches it made.'],
    },
    examples: {
      matches: [
        (sample) => `SERPAPI_API_KEY=${sample.hex(64)}`,
        (sample) => `https://serpapi.com/search.json?engine=google&q=coffee&api_key=${sample.hex(64)}`,
      ],
      misses: [() => 'SERPAPI_API_KEY=secret_api_key', (sample) => `SERPAPI_API_KEY=${sample.hex(32)}`],
    },
  },
  {
    id: 'apify-api-token',
    title: 'Apify API token',
    provider: 'Apify',
    severity: 'high',
    precision: 'exact',
    keywords: ['apify_api_'],
    expression: token('apify_api_[A-Za-z0-9]{34,38}'),
    minEntropy: 3.8,
    source: 'https://docs.apify.com/platform/integrations/api',
    rotation: {
      url: 'https://console.apify.com/settings/integrations',
      steps: [
        'Rotate the token on the linked page.',
        'Check actor runs and storage for use that is not yours.',
        'Use a scoped token with an expiry date.',
      ],
    },
    examples: {
      matches: [
        (sample) => `APIFY_TOKEN=apify_api_${sample.alnum(36)}`,
        (sample) => `new ApifyClient({ token: 'apify_api_${sample.alnum(36)}' })`,
      ],
      misses: [(sample) => `APIFY_TOKEN=apify_api_${sample.alnum(10)}`, () => `APIFY_TOKEN=apify_api_${'x'.repeat(36)}`],
    },
  },
  {
    id: 'weaviate-api-key',
    title: 'Weaviate Cloud API key',
    provider: 'Weaviate',
    severity: 'high',
    precision: 'contextual',
    keywords: ['weaviate', 'wcd_', 'wcs_'],
    expression: assigned(credentialsOf('weaviate', 'wc[ds]_'), '[A-Za-z0-9]{32,48}'),
    minEntropy: 3.8,
    source: 'https://docs.weaviate.io/cloud/manage-clusters/authentication',
    rotation: {
      url: 'https://console.weaviate.cloud/',
      steps: [
        'Rotate or delete the key in the details of the cluster.',
        'Check collections for writes that are not yours.',
        'Use a read-only key where writing is not needed.',
      ],
    },
    examples: {
      matches: [
        (sample) => `WEAVIATE_API_KEY=${sample.alnum(36)}`,
        (sample) => `auth_credentials=weaviate.auth.AuthApiKey("${sample.alnum(36)}")`,
      ],
      misses: [
        () => 'WEAVIATE_API_KEY=YOUR-WEAVIATE-API-KEY',
        (sample) => `WEAVIATE_API_KEY=${sample.alnum(12)}`,
        () => `WEAVIATE_API_KEY=${'x'.repeat(36)}`,
      ],
    },
  },
  {
    id: 'exa-api-key',
    title: 'Exa API key',
    provider: 'Exa',
    severity: 'medium',
    precision: 'contextual',
    keywords: ['exa_api', 'exaapi', 'new exa(', '= exa('],
    expression: assigned(
      ['exa_?api_?key', 'new exa\\(', '= exa\\((?:api_?key)?'],
      '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}',
    ),
    minEntropy: 3,
    source: 'https://docs.exa.ai/reference/getting-started',
    rotation: {
      url: 'https://dashboard.exa.ai/api-keys',
      steps: ['Delete the key on the linked page.', 'Check the usage of the team.', 'Create a new key with a rate limit.'],
    },
    examples: {
      matches: [(sample) => `EXA_API_KEY=${sample.uuid()}`, (sample) => `exa = Exa(api_key="${sample.uuid()}")`],
      misses: [() => 'EXA_API_KEY=your-exa-api-key', (sample) => `exa_request_id=${sample.uuid()}`],
    },
  },
];
