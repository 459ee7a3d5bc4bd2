import { assigned, credentialsOf, token } from './forms.ts';
import type { Rule } from './rule.ts';
import type { Sampler } from './sampler.ts';

export const rules: readonly Rule[] = [
  {
    id: 'elastic-cloud-api-key',
    title: 'Elastic Cloud API key',
    provider: 'Elastic',
    severity: 'critical',
    precision: 'exact',
    keywords: ['essu_'],
    expression: token('essu_[A-Za-z0-9_-]{60,200}={0,2}'),
    minEntropy: 4,
    source: 'https://www.elastic.co/docs/deploy-manage/api-keys/elastic-cloud-api-keys',
    rotation: {
      url: 'https://cloud.elastic.co/account/keys',
      steps: [
        'Revoke the key on the linked page.',
        'Review the deployments of the organisation and their credentials, which the key could reset.',
      ],
    },
    examples: {
      matches: [(sample) => `EC_API_KEY=essu_${sample.base64url(100)}==`, (sample) => `Authorization: ApiKey essu_${sample.base64url(88)}`],
      misses: [() => `EC_API_KEY=essu_${'x'.repeat(80)}`, (sample) => `essu_${sample.alnum(12)}`],
    },
  },
  {
    id: 'elasticsearch-api-key',
    title: 'Elasticsearch API key',
    provider: 'Elastic',
    severity: 'high',
    precision: 'contextual',
    keywords: ['elastic', 'es_api', 'es_key', 'kibana', 'apikey '],
    // Base64 of `<id of 20>:<key of 22>`.
    expression: assigned([...credentialsOf('elastic', 'kibana'), 'es_(?:api_?)?key', 'apikey(?= )'], '[A-Za-z0-9+/]{58}=='),
    isValid: isElasticsearchKey,
    source: 'https://www.elastic.co/docs/deploy-manage/api-keys/elasticsearch-api-keys',
    rotation: {
      url: 'https://www.elastic.co/docs/api/doc/elasticsearch/operation/operation-security-invalidate-api-key',
      steps: [
        'Invalidate the key: the part before the colon of the decoded value is its id.',
        'Review the audit log and what the role of the key could read.',
      ],
    },
    examples: {
      matches: [
        (sample) => `ELASTIC_API_KEY=${elasticsearchKey(sample)}`,
        (sample) => `curl -H "Authorization: ApiKey ${elasticsearchKey(sample)}" https://localhost:9200`,
        (sample) => `new Client({ node, elasticAuth: { apiKey: '${elasticsearchKey(sample)}' } })`,
      ],
      misses: [
        (sample) => `ELASTIC_API_KEY=${sample.base64(58)}==`,
        () => 'Authorization: ApiKey <your-base64-encoded-api-key>',
        (sample) => `elastic_checksum=${elasticsearchKey(sample)}`,
      ],
    },
  },
];

function isElasticsearchKey(secret: string): boolean {
  return /^[\w-]{20}:[\w-]{22}$/.test(Buffer.from(secret, 'base64').toString('latin1'));
}

function elasticsearchKey(sample: Sampler): string {
  return Buffer.from(`${sample.base64url(20)}:${sample.base64url(22)}`).toString('base64');
}
