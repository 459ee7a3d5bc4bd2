import { assigned, credentialsOf } from './forms.ts';
import type { Rule } from './rule.ts';

const near = '[\\w.\\-({,:"\' ]{0,24}?';

/** Marketplaces for goods and creators with one kind of secret each. */
export const rules: readonly Rule[] = [
  {
    id: 'ebay-cert-id',
    title: 'eBay production Cert ID (client secret)',
    provider: 'eBay',
    severity: 'high',
    precision: 'exact',
    keywords: ['PRD-'],
    expression: /(?<![A-Za-z0-9_-])(?<secret>PRD-[0-9a-f]{8,12}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4,12})(?![A-Za-z0-9_-])/,
    minEntropy: 3,
    source: 'https://developer.ebay.com/api-docs/static/creating-edp-account.html',
    rotation: {
      url: 'https://developer.ebay.com/my/keys',
      steps: ['Rotate the Cert ID on the linked page; the old one can be ended at once.', 'Check listings and orders since the leak.'],
    },
    examples: {
      matches: [
        (sample) => `EBAY_CERT_ID=PRD-${sample.hex(12)}-${sample.hex(4)}-${sample.hex(4)}-${sample.hex(4)}-${sample.hex(4)}`,
        (sample) => `<CertID>PRD-${sample.hex(12)}-${sample.hex(4)}-${sample.hex(4)}-${sample.hex(4)}-${sample.hex(4)}</CertID>`,
      ],
      misses: [
        (sample) => `EBAY_APP_ID=Acme-Shop-PRD-${sample.hex(9)}-${sample.hex(8)}`,
        () => 'EBAY_CERT_ID=PRD-xxxxxxxxxxxx-xxxx-xxxx-xxxx-xxxx',
        () => 'ticket PRD-1234',
      ],
    },
  },
  {
    id: 'etsy-shared-secret',
    title: 'Etsy shared secret',
    provider: 'Etsy',
    severity: 'medium',
    precision: 'contextual',
    keywords: ['etsy'],
    expression: assigned([`(?<![A-Za-z])etsy${near}secret`], '(?=[a-z]{0,9}[0-9])[a-z0-9]{10}'),
    minEntropy: 2.3,
    source: 'https://developers.etsy.com/documentation/essentials/authentication/',
    rotation: {
      url: 'https://www.etsy.com/developers/your-apps',
      steps: ['Ask for a new shared secret of the app, or replace the app.', 'Check listings and orders since the leak.'],
    },
    examples: {
      matches: [(sample) => `ETSY_SHARED_SECRET=${sample.lower(8)}4z`, (sample) => `etsy: { sharedSecret: "${sample.lower(8)}7q" }`],
      misses: [
        (sample) => `ETSY_KEYSTRING=${sample.lower(24)}`,
        () => 'ETSY_SHARED_SECRET=xxxxxxxxxx',
        () => "etsy: { secret: 'configured' }",
      ],
    },
  },
  {
    id: 'gumroad-access-token',
    title: 'Gumroad access token',
    provider: 'Gumroad',
    severity: 'high',
    precision: 'contextual',
    keywords: ['gumroad'],
    expression: assigned(credentialsOf('gumroad'), '[0-9a-f]{64}|[A-Za-z0-9_-]{43}'),
    minEntropy: 3.2,
    source: 'https://gumroad.com/api',
    rotation: {
      url: 'https://app.gumroad.com/settings/advanced',
      steps: [
        'Delete the application (or generate a new token) on the linked page.',
        'Check sales, refunds and payout settings since the leak.',
      ],
    },
    examples: {
      matches: [(sample) => `GUMROAD_ACCESS_TOKEN=${sample.base64url(42)}x`, (sample) => `gumroad_secret: "${sample.hex(64)}"`],
      misses: [() => 'GUMROAD_ACCESS_TOKEN=ACCESS_TOKEN', () => `GUMROAD_ACCESS_TOKEN=${'x'.repeat(43)}`],
    },
  },
];
