import { assigned, credentialsOf, token } from './forms.ts';
import type { Rule } from './rule.ts';

const rotation = {
  url: 'https://console.tencentcloud.com/cam/capi',
  steps: [
    'Disable the key on the linked page, delete it when nothing breaks.',
    'Search CloudAudit for its SecretId.',
    'Use CAM roles with temporary credentials instead.',
  ],
};

export const rules: readonly Rule[] = [
  {
    id: 'tencent-secret-id',
    title: 'Tencent Cloud SecretId',
    provider: 'Tencent Cloud',
    severity: 'low',
    precision: 'exact',
    keywords: ['AKID'],
    expression: token('AKID[A-Za-z0-9]{32}'),
    minEntropy: 4,
    notSecrets: [/EXAMPLE$/, /^[^0-9]*$/],
    source: 'https://www.tencentcloud.com/document/product/598/34228',
    rotation: { url: rotation.url, steps: ['The id alone opens nothing: look for the SecretKey that belongs to it.', ...rotation.steps] },
    examples: {
      matches: [(sample) => `TENCENTCLOUD_SECRET_ID=AKID${sample.alnum(32)}`, (sample) => `secretId: 'AKID${sample.alnum(32)}'`],
      misses: [
        () => `secretId: AKID${'x'.repeat(32)}`,
        (sample) => `secretId: AKID${sample.alnum(25)}EXAMPLE`,
        (sample) => `BREAKID${sample.alnum(32)}`,
      ],
    },
  },
  {
    id: 'tencent-secret-key',
    title: 'Tencent Cloud SecretKey',
    provider: 'Tencent Cloud',
    severity: 'critical',
    precision: 'contextual',
    keywords: ['tencent', 'qcloud'],
    expression: assigned(credentialsOf('tencent', 'qcloud'), '(?!AKID)[A-Za-z0-9]{32}'),
    minEntropy: 4,
    notSecrets: [/EXAMPLE$/, /^[^0-9]*$/, /^[^A-Z]*$/],
    source: 'https://www.tencentcloud.com/document/product/598/34228',
    rotation,
    examples: {
      matches: [(sample) => `TENCENTCLOUD_SECRET_KEY=${sample.alnum(32)}`, (sample) => `qcloud.secret.key = "${sample.alnum(32)}"`],
      misses: [
        () => `TENCENTCLOUD_SECRET_KEY=${'x'.repeat(32)}`,
        (sample) => `tencent_key_md5=${sample.hex(32)}`,
        (sample) => `TENCENTCLOUD_SECRET_KEY=${sample.alnum(25)}EXAMPLE`,
      ],
    },
  },
];
