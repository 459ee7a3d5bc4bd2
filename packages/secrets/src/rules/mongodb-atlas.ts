import { assigned, token, uuid } from './forms.ts';
import type { Rule } from './rule.ts';

export const rules: readonly Rule[] = [
  {
    id: 'mongodb-atlas-service-account-secret',
    title: 'MongoDB Atlas service account secret',
    provider: 'MongoDB',
    severity: 'critical',
    precision: 'exact',
    keywords: ['mdb_sa_sk_'],
    expression: token('mdb_sa_sk_[\\w-]{40}'),
    minEntropy: 4,
    source: 'https://www.mongodb.com/docs/atlas/configure-api-access/',
    rotation: {
      url: 'https://cloud.mongodb.com/v2#/preferences/organizations',
      steps: [
        'Add a second secret to the service account, roll it out, revoke the leaked one.',
        'Review the activity feed of the organisation and narrow the API access list.',
      ],
    },
    examples: {
      matches: [
        (sample) => `MONGODB_ATLAS_CLIENT_SECRET=mdb_sa_sk_${sample.base64url(40)}`,
        (sample) => `client_secret: mdb_sa_sk_${sample.alnum(40)}`,
      ],
      misses: [() => `mdb_sa_sk_${'x'.repeat(40)}`, (sample) => `mdb_sa_id_${sample.hex(24)}`, (sample) => `mdb_sa_sk_${sample.alnum(10)}`],
    },
  },
  {
    id: 'mongodb-atlas-private-key',
    title: 'MongoDB Atlas API private key',
    provider: 'MongoDB',
    severity: 'critical',
    precision: 'contextual',
    keywords: ['atlas', 'mcli_private'],
    expression: assigned(
      ['atlas[\\w.\\-]{0,20}?(?:[:=>\\[({,"\' \\t]{1,8}[\\w.\\-]{0,16}?)?private[_\\-]?(?:api[_\\-]?)?key', 'mcli_private_api_key'],
      uuid,
    ),
    minEntropy: 3,
    source: 'https://www.mongodb.com/docs/atlas/configure-api-access/',
    rotation: {
      url: 'https://cloud.mongodb.com/v2#/preferences/organizations',
      steps: [
        'Delete the API key under Access Manager of its organisation or project and create a new one.',
        'Review the activity feed: database users and network access that were added.',
      ],
    },
    examples: {
      matches: [
        (sample) => `MONGODB_ATLAS_PRIVATE_KEY=${sample.uuid()}`,
        (sample) => `provider "mongodbatlas" { private_key = "${sample.uuid()}" }`,
      ],
      misses: [
        (sample) => `ATLAS_PROJECT_ID=${sample.uuid()}`,
        () => 'MONGODB_ATLAS_PRIVATE_KEY=00000000-0000-0000-0000-000000000000',
        () => 'MONGODB_ATLAS_PRIVATE_KEY=${PRIVATE_KEY}',
      ],
    },
  },
];
