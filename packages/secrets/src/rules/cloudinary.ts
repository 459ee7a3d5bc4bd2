import { assigned } from './forms.ts';
import type { Rule } from './rule.ts';

export const rules: readonly Rule[] = [
  {
    id: 'cloudinary-url',
    title: 'Cloudinary API secret in a URL',
    provider: 'Cloudinary',
    severity: 'high',
    precision: 'exact',
    keywords: ['cloudinary://'],
    expression: /cloudinary:\/\/[0-9]{12,18}:(?<secret>[A-Za-z0-9_-]{24,32})@[a-z0-9][a-z0-9_-]{1,60}/,
    minEntropy: 3.5,
    source: 'https://cloudinary.com/documentation/cloudinary_sdks#configuration_parameters',
    rotation: {
      url: 'https://console.cloudinary.com/settings/api-keys',
      steps: [
        'Generate a new key pair on the linked page, switch to it, disable the leaked one.',
        'Check media, transformations and users since the leak.',
      ],
    },
    examples: {
      matches: [
        (sample) => `CLOUDINARY_URL=cloudinary://${sample.digits(15)}:${sample.base64url(26)}x@acme`,
        (sample) => `url: "cloudinary://${sample.digits(15)}:${sample.alnum(27)}@my-cloud"`,
      ],
      misses: [
        () => 'CLOUDINARY_URL=cloudinary://<api_key>:<api_secret>@<cloud_name>',
        () => 'cloudinary://123456789012345:xxxxxxxxxxxxxxxxxxxxxxxxxxx@demo',
      ],
    },
  },
  {
    id: 'cloudinary-api-secret',
    title: 'Cloudinary API secret',
    provider: 'Cloudinary',
    severity: 'high',
    precision: 'contextual',
    keywords: ['cloudinary'],
    expression: assigned(['cloudinary[\\w.\\-({,:"\' ]{0,24}?secret'], '[A-Za-z0-9_-]{27}'),
    minEntropy: 3.5,
    source: 'https://cloudinary.com/documentation/product_environment_credentials_tutorial',
    rotation: {
      url: 'https://console.cloudinary.com/settings/api-keys',
      steps: [
        'Generate a new key pair on the linked page, switch to it, disable the leaked one.',
        'Check media, transformations and users since the leak.',
      ],
    },
    examples: {
      matches: [
        (sample) => `CLOUDINARY_API_SECRET=${sample.alnum(27)}`,
        (sample) => `cloudinary: { api_secret: "${sample.base64url(26)}x" }`,
      ],
      misses: [
        (sample) => `CLOUDINARY_API_KEY=${sample.digits(15)}`,
        () => `CLOUDINARY_API_SECRET=${'x'.repeat(27)}`,
        () => 'CLOUDINARY_API_SECRET=<your_api_secret>',
      ],
    },
  },
];
