import { assigned, credentialsOf, token } from './forms.ts';
import type { Rule } from './rule.ts';

const rotation = {
  url: 'https://ram.console.aliyun.com/profile/access-keys',
  steps: [
    'Disable the AccessKey pair on the linked page, delete it when nothing breaks.',
    'Search ActionTrail for its AccessKey id.',
    'Use RAM roles with temporary credentials instead; never the key of the main account.',
  ],
};

export const rules: readonly Rule[] = [
  {
    id: 'alibaba-access-key-id',
    title: 'Alibaba Cloud AccessKey id',
    provider: 'Alibaba Cloud',
    severity: 'low',
    precision: 'exact',
    keywords: ['LTAI'],
    expression: token('LTAI(?:[A-Za-z0-9]{12}|[A-Za-z0-9]{16,20})'),
    minEntropy: 3.2,
    notSecrets: [/^[^0-9]*$/],
    source: 'https://www.alibabacloud.com/help/en/ram/user-guide/create-an-accesskey-pair',
    rotation: {
      url: rotation.url,
      steps: ['The id alone opens nothing: look for the AccessKey secret that belongs to it.', ...rotation.steps],
    },
    examples: {
      matches: [
        (sample) => `ALIBABA_CLOUD_ACCESS_KEY_ID=LTAI5t${sample.alnum(17)}7`,
        (sample) => `accessKeyId: "LTAI${sample.alnum(11)}8",`,
      ],
      misses: [() => `accessKeyId: LTAI${'x'.repeat(20)}`, (sample) => `LTAI${sample.alnum(5)}`, (sample) => `VOLTAI${sample.alnum(16)}`],
    },
  },
  {
    id: 'alibaba-access-key-secret',
    title: 'Alibaba Cloud AccessKey secret',
    provider: 'Alibaba Cloud',
    severity: 'critical',
    precision: 'contextual',
    keywords: ['alibaba', 'aliyun', 'alicloud', 'access_key_secret', 'accesskeysecret', 'access-key-secret'],
    expression: assigned([...credentialsOf('alibaba', 'aliyun', 'alicloud'), 'access[_\\-]?key[_\\-]?secret'], '[A-Za-z0-9]{30}'),
    minEntropy: 4,
    notSecrets: [/^[^0-9]*$/, /^[^A-Z]*$/],
    source: 'https://www.alibabacloud.com/help/en/ram/user-guide/create-an-accesskey-pair',
    rotation,
    examples: {
      matches: [
        (sample) => `ALIBABA_CLOUD_ACCESS_KEY_SECRET=${sample.alnum(30)}`,
        (sample) => `aliyun.oss.accessKeySecret: ${sample.alnum(30)}`,
        (sample) => `new OSS({ region, accessKeySecret: '${sample.alnum(30)}' })`,
      ],
      misses: [
        () => `accessKeySecret: '${'x'.repeat(30)}'`,
        () => 'access_key_secret = YourAccessKeySecretFromRamPage',
        (sample) => `aliyun_key_digest: ${sample.hex(30)}`,
      ],
    },
  },
  {
    id: 'alibaba-sts-token',
    title: 'Alibaba Cloud STS security token',
    provider: 'Alibaba Cloud',
    severity: 'low',
    precision: 'exact',
    keywords: ['CAIS'],
    expression: token('CAIS[A-Za-z0-9+/]{200,1400}={0,2}'),
    reach: 1500,
    minEntropy: 4.8,
    source: 'https://www.alibabacloud.com/help/en/ram/product-overview/what-is-sts',
    rotation: {
      url: rotation.url,
      steps: [
        'The token ends within 12 hours; if it may still live, take the permissions of its role away for that time.',
        'Search ActionTrail for the STS access key id beside it.',
      ],
    },
    examples: {
      matches: [
        (sample) => `ALIBABA_CLOUD_SECURITY_TOKEN=CAIS${sample.base64(600)}==`,
        (sample) => `"SecurityToken": "CAIS${sample.base64(500)}"`,
      ],
      misses: [(sample) => `CAIS${sample.base64(40)}`, () => `CAIS${'A'.repeat(400)}`],
    },
  },
];
