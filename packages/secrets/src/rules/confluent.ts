import { assigned, credentialsOf, token } from './forms.ts';
import type { Rule } from './rule.ts';

const rotation = {
  url: 'https://confluent.cloud/settings/api-keys',
  steps: [
    'Create a second API key for the same owner, roll it out, then delete the leaked one on the linked page.',
    'Review the audit log, and the consumer groups of the cluster for readers you do not know.',
  ],
};

export const rules: readonly Rule[] = [
  {
    id: 'confluent-api-secret',
    title: 'Confluent Cloud API secret',
    provider: 'Confluent',
    severity: 'critical',
    precision: 'exact',
    keywords: ['cflt'],
    expression: token('cflt[A-Za-z0-9+/]{60}'),
    minEntropy: 4.5,
    source: 'https://docs.confluent.io/cloud/current/security/authenticate/workload-identities/service-accounts/api-keys/overview.html',
    rotation,
    examples: {
      matches: [
        (sample) => `CONFLUENT_CLOUD_API_SECRET=cflt${sample.base64(60)}`,
        (sample) => `'sasl.password': 'cflt${sample.base64(60)}',`,
      ],
      misses: [() => `CONFLUENT_CLOUD_API_SECRET=cflt${'x'.repeat(60)}`, (sample) => `cflt${sample.alnum(20)}`],
    },
  },
  {
    id: 'confluent-legacy-api-secret',
    title: 'Confluent Cloud API secret (older form)',
    provider: 'Confluent',
    severity: 'critical',
    precision: 'contextual',
    keywords: ['confluent', 'ccloud', 'kafka', 'schema_registry', 'sasl'],
    expression: assigned(
      [...credentialsOf('confluent', 'ccloud', 'kafka', 'schema_registry'), 'sasl[\\w.\\-]{0,20}?(?:password|secret)'],
      '(?!cflt)[A-Za-z0-9+/]{64}',
    ),
    minEntropy: 4.6,
    source: 'https://docs.confluent.io/cloud/current/security/authenticate/workload-identities/service-accounts/api-keys/overview.html',
    rotation,
    examples: {
      matches: [
        (sample) => `CONFLUENT_API_SECRET=${sample.base64(64)}`,
        (sample) => `sasl.password=${sample.base64(64)}`,
        (sample) => `kafka: { secret: "${sample.base64(64)}" }`,
      ],
      misses: [
        (sample) => `kafka_secret_sha256=${sample.hex(64)}`,
        () => `CONFLUENT_API_SECRET=${'x'.repeat(64)}`,
        (sample) => `CONFLUENT_API_KEY=${sample.upper(16)}`,
      ],
    },
  },
  {
    id: 'kafka-jaas-password',
    title: 'Kafka SASL password',
    provider: 'Apache Kafka',
    severity: 'high',
    precision: 'exact',
    keywords: ['PlainLoginModule', 'ScramLoginModule'],
    expression:
      /(?:Plain|Scram)LoginModule[ \t]{1,4}required[^\r\n;]{0,160}?\bpassword[ \t]{0,2}=[ \t]{0,2}\\{0,3}["'](?<secret>[^"'\\\r\n\s<>{}]{6,128})\\{0,3}["']/,
    notSecrets: [/^[*x.]+$/i, /^[$%]/, /password|secret|changeme|example|your/i],
    source: 'https://kafka.apache.org/documentation/#security_sasl_plain',
    rotation: {
      url: 'https://kafka.apache.org/documentation/#security_sasl',
      steps: [
        'Change the password of the user that the entry names: SCRAM with `kafka-configs --alter`, PLAIN in the JAAS configuration of the brokers.',
        'Review what the ACLs of the user allow.',
      ],
    },
    examples: {
      matches: [
        (sample) =>
          `sasl.jaas.config=org.apache.kafka.common.security.plain.PlainLoginModule required username="app" password="${sample.alnum(16)}";`,
        (sample) =>
          `"jaas": "org.apache.kafka.common.security.scram.ScramLoginModule required username=\\"app\\" password=\\"${sample.alnum(20)}\\";"`,
      ],
      misses: [
        () =>
          'sasl.jaas.config=org.apache.kafka.common.security.plain.PlainLoginModule required username="{{ .user }}" password="{{ .password }}";',
        () => 'PlainLoginModule required username="$USER" password="$PASSWORD";',
        () => 'PlainLoginModule required username="alice" password="alice-secret";',
      ],
    },
  },
];
