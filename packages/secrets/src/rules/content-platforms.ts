import { assigned, credentialsOf } from './forms.ts';
import type { Rule } from './rule.ts';

const near = '[\\w.\\-({,:"\' ]{0,24}?';

/** Content management with one kind of token each. */
export const rules: readonly Rule[] = [
  {
    id: 'sanity-token',
    title: 'Sanity API token',
    provider: 'Sanity',
    severity: 'high',
    precision: 'contextual',
    keywords: ['sanity'],
    expression: /sanity[^\r\n]{0,64}?(?<![A-Za-z0-9_])(?<secret>sk[A-Za-z0-9]{78,200})(?![A-Za-z0-9_])/i,
    minEntropy: 4.3,
    source: 'https://www.sanity.io/docs/content-lake/http-auth',
    rotation: {
      url: 'https://www.sanity.io/manage',
      steps: [
        'Delete the token under API > Tokens of the project.',
        'Check the history of documents for changes since the leak.',
        'Create a viewer token where reading is enough.',
      ],
    },
    examples: {
      matches: [
        (sample) => `SANITY_API_TOKEN=sk${sample.alnum(178)}`,
        (sample) => `createClient({ useCdn: false }) // sanity token: 'sk${sample.alnum(80)}'`,
      ],
      misses: [
        () => 'SANITY_API_TOKEN=sk...',
        (sample) => `SANITY_PROJECT_ID=${sample.lower(8)}`,
        () => `SANITY_API_TOKEN=sk${'x'.repeat(100)}`,
      ],
    },
  },
  {
    id: 'storyblok-token',
    title: 'Storyblok access token',
    provider: 'Storyblok',
    severity: 'low',
    precision: 'contextual',
    keywords: ['storyblok'],
    expression: assigned([...credentialsOf('storyblok'), 'storyblok\\.com/v\\d/[^\\s"\']{0,160}?token'], '[A-Za-z0-9]{22}tt'),
    minEntropy: 3.3,
    source: 'https://www.storyblok.com/docs/concepts/access-tokens',
    rotation: {
      url: 'https://app.storyblok.com/',
      steps: ['Delete the token under Settings > Access Tokens of the space.', 'A preview token shows drafts: treat those as seen.'],
    },
    examples: {
      matches: [
        (sample) => `STORYBLOK_TOKEN=${sample.alnum(22)}tt`,
        (sample) => `https://api.storyblok.com/v2/cdn/stories?version=draft&token=${sample.alnum(22)}tt`,
      ],
      misses: [() => 'STORYBLOK_TOKEN=YOUR_PREVIEW_TOKEN', (sample) => `STORYBLOK_TOKEN=${sample.alnum(10)}`],
    },
  },
  {
    id: 'prismic-access-token',
    title: 'Prismic access token',
    provider: 'Prismic',
    severity: 'low',
    precision: 'contextual',
    keywords: ['prismic'],
    // Base64 of `0.`, for an access token, and a second part.
    expression: /prismic[^\r\n]{0,64}?(?<![A-Za-z0-9_])(?<secret>MC5[A-Za-z0-9_-]{15,40}\.[A-Za-z0-9_-]{40,140})(?![A-Za-z0-9_-])/i,
    minEntropy: 4,
    source: 'https://prismic.io/docs/access-token',
    rotation: {
      url: 'https://prismic.io/dashboard',
      steps: ['Delete the token under Settings > API & Security of the repository.', 'Treat unpublished documents as seen.'],
    },
    examples: {
      matches: [
        (sample) => `PRISMIC_ACCESS_TOKEN=MC5${sample.alnum(24)}.${sample.base64url(79)}x`,
        (sample) => `prismic.createClient("x", { accessToken: "MC5${sample.alnum(24)}.${sample.base64url(60)}x" })`,
      ],
      misses: [() => 'PRISMIC_ACCESS_TOKEN=MC5xxx', () => `PRISMIC_ACCESS_TOKEN=MC5${'x'.repeat(24)}.${'x'.repeat(60)}`],
    },
  },
  {
    id: 'datocms-api-token',
    title: 'DatoCMS API token',
    provider: 'DatoCMS',
    severity: 'medium',
    precision: 'contextual',
    keywords: ['dato_', 'datocms', 'dato-cms', 'dato_cms'],
    expression: assigned(credentialsOf('dato(?:[_-]?cms|_)'), '[0-9a-f]{30}'),
    minEntropy: 3,
    source: 'https://www.datocms.com/docs/content-management-api/authentication',
    rotation: {
      url: 'https://dashboard.datocms.com/',
      steps: ['Rotate the token under Project Settings > API Tokens.', 'Check the audit log; create read-only tokens for sites.'],
    },
    examples: {
      matches: [(sample) => `DATOCMS_API_TOKEN=${sample.hex(30)}`, (sample) => `datocms: { apiToken: "${sample.hex(30)}" }`],
      misses: [() => 'DATOCMS_API_TOKEN=your-token', (sample) => `DATOCMS_API_TOKEN=${sample.hex(12)}`],
    },
  },
  {
    id: 'ghost-admin-api-key',
    title: 'Ghost Admin API key',
    provider: 'Ghost',
    severity: 'high',
    precision: 'contextual',
    keywords: ['ghost'],
    expression: /ghost[^\r\n]{0,80}?(?<![A-Za-z0-9_])(?<secret>[0-9a-f]{24}:[0-9a-f]{64})(?![A-Za-z0-9_])/i,
    minEntropy: 3.2,
    source: 'https://docs.ghost.org/admin-api/#token-authentication',
    rotation: {
      url: 'https://docs.ghost.org/admin-api/#token-authentication',
      steps: [
        'Regenerate the Admin API key of the custom integration.',
        'Check posts, themes, members and staff for changes since the leak.',
      ],
    },
    examples: {
      matches: [
        (sample) => `GHOST_ADMIN_API_KEY=${sample.hex(24)}:${sample.hex(64)}`,
        (sample) => `new GhostAdminAPI({ url: 'https://x.ghost.io', key: '${sample.hex(24)}:${sample.hex(64)}' })`,
      ],
      misses: [(sample) => `GHOST_CONTENT_API_KEY=${sample.hex(26)}`, () => `GHOST_ADMIN_API_KEY=${'0'.repeat(24)}:${'0'.repeat(64)}`],
    },
  },
  {
    id: 'webflow-api-token',
    title: 'Webflow API token',
    provider: 'Webflow',
    severity: 'high',
    precision: 'contextual',
    keywords: ['webflow'],
    expression: assigned([`webflow${near}(?:token|secret|api_?key)`], '[0-9a-f]{64}'),
    minEntropy: 3.2,
    source: 'https://developers.webflow.com/data/reference/authentication/site-token',
    rotation: {
      url: 'https://webflow.com/dashboard',
      steps: [
        'Revoke the token under Site settings > Apps & integrations > API access.',
        'Check collections, pages and custom code since the leak.',
      ],
    },
    examples: {
      matches: [(sample) => `WEBFLOW_API_TOKEN=${sample.hex(64)}`, (sample) => `new Webflow({ token: "${sample.hex(64)}" })`],
      misses: [(sample) => `WEBFLOW_SITE_ID=${sample.hex(24)}`, () => 'WEBFLOW_API_TOKEN=your_token'],
    },
  },
];
