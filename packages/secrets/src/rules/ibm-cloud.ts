import { assigned, credentialsOf } from './forms.ts';
import type { Rule } from './rule.ts';

export const rules: readonly Rule[] = [
  {
    id: 'ibm-cloud-api-key',
    title: 'IBM Cloud API key',
    provider: 'IBM Cloud',
    severity: 'critical',
    precision: 'contextual',
    keywords: ['ibm', 'bluemix', 'ic_api_key', 'ic_apikey', 'iam_apikey', 'iam_api_key', 'watson'],
    expression: assigned(
      [...credentialsOf('ibm', 'bluemix', 'watson'), 'i(?:c|am)_api_?key', 'ibmcloud login[ \\t\\w.:/\\-]{0,60}?--?apikey'],
      '[A-Za-z0-9_-]{44}',
    ),
    minEntropy: 4.3,
    notSecrets: [/^[^0-9]*$/, /^[^A-Z]*$/],
    source: 'https://cloud.ibm.com/docs/account?topic=account-manapikey',
    rotation: {
      url: 'https://cloud.ibm.com/iam/apikeys',
      steps: [
        'Lock or delete the key on the linked page, a service id key under its service id.',
        'Search Activity Tracker for the key.',
        'Use trusted profiles or a service id with a narrow policy.',
      ],
    },
    examples: {
      matches: [
        (sample) => `IBMCLOUD_API_KEY=${sample.base64url(44)}`,
        (sample) => `ibmcloud login -r us-south --apikey ${sample.base64url(44)}`,
        (sample) => `"ibm": { "apikey": "${sample.base64url(44)}" }`,
      ],
      misses: [
        () => 'IBMCLOUD_API_KEY=your_ibm_cloud_api_key_from_the_console_page_',
        (sample) => `IBMCLOUD_API_KEY=${sample.hex(44)}`,
        (sample) => `ibm_key_name=${sample.alnum(12)}`,
      ],
    },
  },
  {
    id: 'ibm-cos-hmac-secret',
    title: 'IBM Cloud Object Storage HMAC secret',
    provider: 'IBM Cloud',
    severity: 'high',
    precision: 'contextual',
    keywords: ['ibm', 'cos_', 'cos-', 'cos.', 'hmac'],
    expression: assigned(['(?:ibm|cos[_.\\-])[\\w.\\-]{0,24}?secret', 'hmac[_.\\-]?secret'], '[0-9a-f]{48}'),
    minEntropy: 3.4,
    source: 'https://cloud.ibm.com/docs/cloud-object-storage?topic=cloud-object-storage-uhc-hmac-credentials-main',
    rotation: {
      url: 'https://cloud.ibm.com/objectstorage',
      steps: ['Delete the service credential of the instance and create a new one.', 'Check the buckets for objects that are new or gone.'],
    },
    examples: {
      matches: [(sample) => `COS_HMAC_SECRET_ACCESS_KEY=${sample.hex(48)}`, (sample) => `ibm_cos_secret_key: "${sample.hex(48)}"`],
      misses: [() => `COS_HMAC_SECRET_ACCESS_KEY=${'0'.repeat(48)}`, (sample) => `cos_checksum: ${sample.hex(48)}`],
    },
  },
];
