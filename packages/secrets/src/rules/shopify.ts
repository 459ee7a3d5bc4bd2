import { token } from './forms.ts';
import type { Rule } from './rule.ts';
import type { Sampler } from './sampler.ts';

const kinds = [
  { prefix: 'shpat_', id: 'shopify-access-token', title: 'Shopify Admin API access token', severity: 'critical' },
  { prefix: 'shpca_', id: 'shopify-custom-app-token', title: 'Shopify custom app access token', severity: 'critical' },
  { prefix: 'shppa_', id: 'shopify-private-app-password', title: 'Shopify private app password', severity: 'critical' },
  { prefix: 'shpua_', id: 'shopify-user-access-token', title: 'Shopify user access token', severity: 'high' },
  { prefix: 'shpss_', id: 'shopify-shared-secret', title: 'Shopify app client secret', severity: 'high' },
  { prefix: 'shptka_', id: 'shopify-theme-access-password', title: 'Shopify Theme Access password', severity: 'high' },
] as const;

export const rules: readonly Rule[] = kinds.map(({ prefix, id, title, severity }): Rule => ({
  id,
  title,
  provider: 'Shopify',
  severity,
  precision: 'exact',
  keywords: [prefix],
  expression: token(`${prefix}[0-9a-zA-Z]{32,40}`),
  minEntropy: 2.8,
  source: 'https://shopify.dev/changelog/length-of-the-shopify-access-token-is-increasing',
  rotation: {
    url: 'https://shopify.dev/docs/apps/build/authentication-authorization/client-secrets/rotate-revoke-client-credentials',
    steps: [
      'For an app: rotate the client secret and get new tokens with it; for a custom app of one shop: uninstall it and install it again.',
      'Check orders, customers, scripts, webhooks and staff accounts of the shop for changes.',
      'Give the new credential only the access scopes that are needed.',
    ],
  },
  examples: {
    matches: [
      (sample: Sampler) => `SHOPIFY_TOKEN=${prefix}${sample.hex(32)}`,
      (sample: Sampler) => `"X-Shopify-Access-Token": "${prefix}${sample.hex(32)}"`,
    ],
    misses: [
      (sample: Sampler) => `SHOPIFY_TOKEN=${prefix}${sample.hex(16)}`,
      () => `SHOPIFY_TOKEN=${prefix}${'x'.repeat(32)}`,
      () => `SHOPIFY_TOKEN=${prefix}${'0'.repeat(32)}`,
    ],
  },
}));
