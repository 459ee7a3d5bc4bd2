import { assigned } from './forms.ts';
import type { Rule } from './rule.ts';

const near = '[\\w.\\-({,:"\' ]{0,24}?';

/** Storage and delivery of files and pictures, with one kind of secret each. */
export const rules: readonly Rule[] = [
  {
    id: 'backblaze-application-key',
    title: 'Backblaze B2 application key',
    provider: 'Backblaze',
    severity: 'high',
    precision: 'exact',
    keywords: ['K001', 'K002', 'K003', 'K004', 'K005', 'K006'],
    expression: /(?<![A-Za-z0-9_+/])(?<secret>K00[1-6][A-Za-z0-9+/]{27})(?![A-Za-z0-9_+/=])/,
    minEntropy: 3.7,
    source: 'https://www.backblaze.com/docs/cloud-storage-application-keys',
    rotation: {
      url: 'https://secure.backblaze.com/app_keys.htm',
      steps: [
        'Delete the key on the linked page.',
        'Check buckets, files and further keys made with it.',
        'Create a key for one bucket with the least capabilities and an expiry.',
      ],
    },
    examples: {
      matches: [(sample) => `B2_APPLICATION_KEY=K001${sample.base64(27)}`, (sample) => `application_key: "K005${sample.alnum(27)}"`],
      misses: [(sample) => `B2_KEY_ID=${sample.hex(25)}`, () => `K001${'x'.repeat(27)}`, (sample) => `K001${sample.alnum(40)}`],
    },
  },
  {
    id: 'wasabi-secret-key',
    title: 'Wasabi secret access key',
    provider: 'Wasabi',
    severity: 'high',
    precision: 'contextual',
    keywords: ['wasabi'],
    expression: assigned([`wasabi${near}secret`], '[A-Za-z0-9+/]{40}'),
    minEntropy: 4,
    source: 'https://docs.wasabi.com/docs/creating-a-user-account-and-access-key',
    rotation: {
      url: 'https://console.wasabisys.com/access_keys',
      steps: ['Make the key inactive, then delete it on the linked page.', 'Check buckets for deletions and public policies.'],
    },
    examples: {
      matches: [(sample) => `WASABI_SECRET_ACCESS_KEY=${sample.base64(40)}`, (sample) => `wasabi: { secretKey: "${sample.alnum(40)}" }`],
      misses: [
        (sample) => `WASABI_ACCESS_KEY=${sample.upper(20)}`,
        () => `WASABI_SECRET_KEY=${'x'.repeat(40)}`,
        () => 'WASABI_SECRET_ACCESS_KEY=${SECRET}',
      ],
    },
  },
  {
    id: 'bunny-access-key',
    title: 'bunny.net access key',
    provider: 'bunny.net',
    severity: 'high',
    precision: 'contextual',
    keywords: ['bunny', 'accesskey', 'access_key', 'access-key'],
    // Account keys are two UUIDs in a row; those of storage zones are a UUID with its parts in another order.
    expression: assigned(
      ['bunny[\\w.\\-({,:"\' ]{0,24}?(?:key|password|token)', 'access[_-]?key'],
      '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{20}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}-[0-9a-f]{4}-[0-9a-f]{4}',
    ),
    minEntropy: 3,
    source: 'https://docs.bunny.net/reference/bunnynet-api-overview',
    rotation: {
      url: 'https://dash.bunny.net/account/api-key',
      steps: [
        'Reset the account key on the linked page, or the password of the storage zone.',
        'Check storage zones, pull zones and DNS for changes since the leak.',
      ],
    },
    examples: {
      matches: [
        (sample) =>
          `BUNNY_STORAGE_PASSWORD=${sample.hex(8)}-${sample.hex(4)}-${sample.hex(4)}-${sample.hex(12)}-${sample.hex(4)}-${sample.hex(4)}`,
        (sample) =>
          `AccessKey: ${sample.hex(8)}-${sample.hex(4)}-${sample.hex(4)}-${sample.hex(4)}-${sample.hex(20)}-${sample.hex(4)}-${sample.hex(4)}-${sample.hex(4)}-${sample.hex(12)}`,
      ],
      misses: [
        (sample) => `BUNNY_LIBRARY_KEY_ID=${sample.uuid()}`,
        () => 'BUNNY_API_KEY=your-api-key',
        (sample) => `access_key: ${sample.uuid()}`,
      ],
    },
  },
];
