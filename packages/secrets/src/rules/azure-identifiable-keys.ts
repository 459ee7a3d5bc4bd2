import { marvin32 } from './marvin32.ts';
import type { Rule } from './rule.ts';
import type { Sampler } from './sampler.ts';

/** Nothing that continues base64 stands before or after. */
const base64Start = '(?<![A-Za-z0-9+/_-])';
const base64End = '(?![A-Za-z0-9+/=_-])';

const messagingSeeds = ['System00', 'Unknown0', 'Send0000', 'Manage00', 'Listen00'];

/**
 * Keys of Azure services carry a signature of four characters at a fixed place and end in a checksum, whose seed says what the key is
 * for: https://github.com/microsoft/security-utilities. `before` is how much stands before the signature, `after` what stands behind it.
 */
const signedKeys = [
  {
    id: 'azure-storage-account-key',
    title: 'Azure Storage account key',
    signature: '+ASt',
    before: 76,
    after: '[A-Za-z0-9+/]{5}[AQgw]==',
    seeds: ['Default0'],
    severity: 'critical',
    url: 'https://learn.microsoft.com/azure/storage/common/storage-account-keys-manage',
    steps: [
      'Move the clients to the second key, regenerate the leaked one, then regenerate the second as well.',
      'Shared access signatures made with the key end with it: issue them anew.',
      'Review the storage logs, and turn shared key access off where Microsoft Entra ID can be used.',
    ],
  },
  {
    id: 'azure-cosmos-db-key',
    title: 'Azure Cosmos DB account key',
    signature: 'ACDb',
    before: 76,
    after: '[A-Za-z0-9+/]{5}[AQgw]==',
    seeds: ['SysAll00', 'Resour00', 'MastRO00', 'SystRO00', 'Encryp00', 'MastRW00', 'SystRW00'],
    severity: 'critical',
    url: 'https://learn.microsoft.com/azure/cosmos-db/secure-access-to-data#primary-secondary-keys',
    steps: [
      'Move the clients to the secondary key and regenerate the leaked one.',
      "Review the account's diagnostic logs for reads you do not know.",
    ],
  },
  {
    id: 'azure-batch-key',
    title: 'Azure Batch account key',
    signature: '+ABa',
    before: 76,
    after: '[A-Za-z0-9+/]{5}[AQgw]==',
    seeds: ['AbAcct00'],
    severity: 'high',
    url: 'https://learn.microsoft.com/azure/batch/batch-account-create-portal',
    steps: ['Regenerate the key under Keys of the Batch account.', 'Look for pools and jobs that you did not start.'],
  },
  {
    id: 'azure-api-management-key',
    title: 'Azure API Management key',
    signature: 'APIM',
    before: 76,
    after: '[A-Za-z0-9+/]{5}[AQgw]==',
    seeds: ['Tenant00', 'IoTHub00', 'Gatewy00', 'GitKey00'],
    severity: 'high',
    url: 'https://learn.microsoft.com/azure/api-management/api-management-subscriptions',
    steps: ['Regenerate the primary and secondary key of the subscription, or the key of the gateway or repository, in API Management.'],
  },
  {
    id: 'azure-machine-learning-key',
    title: 'Azure Machine Learning web service key',
    signature: '+AMC',
    before: 76,
    after: '[A-Za-z0-9+/]{5}[AQgw]==',
    seeds: ['Classic0'],
    severity: 'medium',
    url: 'https://learn.microsoft.com/azure/machine-learning/how-to-authenticate-online-endpoint',
    steps: ['Regenerate the key of the endpoint and replace it in the clients.'],
  },
  {
    id: 'azure-functions-key',
    title: 'Azure Functions key',
    alphabet: '[\\w-]',
    signature: 'AzFu',
    before: 44,
    after: '[\\w-]{5}[AQgw]==',
    seeds: ['Master00', 'System00', 'Functi00'],
    severity: 'high',
    url: 'https://learn.microsoft.com/azure/azure-functions/function-keys-how-to',
    steps: [
      'Renew the key under App keys or Function keys; a leaked _master key opens every function of the app.',
      'Review the invocations in Application Insights.',
    ],
  },
  {
    id: 'azure-search-key',
    title: 'Azure AI Search key',
    signature: 'AzSe',
    before: 42,
    after: '[A-D][A-Za-z0-9]{5}',
    seeds: ['Query000', 'PAdmin00'],
    alphabet: '[A-Za-z0-9]',
    severity: 'high',
    url: 'https://learn.microsoft.com/azure/search/search-security-api-keys',
    steps: ['Regenerate the admin key under Settings > Keys, or delete the query key and make a new one.'],
  },
  {
    id: 'azure-container-registry-key',
    title: 'Azure Container Registry password',
    signature: '+ACR',
    before: 42,
    after: '[A-D][A-Za-z0-9+/]{5}',
    seeds: ['ACRDflt0'],
    severity: 'critical',
    url: 'https://learn.microsoft.com/azure/container-registry/container-registry-authentication',
    steps: [
      'Regenerate both passwords of the admin user or of the token under Access keys or Tokens.',
      'Compare the image digests in the registry with those you built.',
      'Turn the admin user off.',
    ],
  },
  {
    id: 'azure-redis-key',
    title: 'Azure Cache for Redis key',
    signature: 'AzCa',
    before: 33,
    after: '[A-P][A-Za-z0-9+/]{5}=',
    seeds: ['Access00'],
    severity: 'high',
    url: 'https://learn.microsoft.com/azure/azure-cache-for-redis/cache-configure',
    steps: ['Regenerate the key under Settings > Authentication > Access keys and replace it in the clients.'],
  },
  {
    id: 'azure-service-bus-key',
    title: 'Azure Service Bus key',
    signature: '+ASb',
    before: 33,
    after: '[A-P][A-Za-z0-9+/]{5}=',
    seeds: messagingSeeds,
    severity: 'high',
    url: 'https://learn.microsoft.com/azure/service-bus-messaging/service-bus-sas',
    steps: [
      'Regenerate the key of the shared access policy, primary and secondary in turn.',
      'Narrow the policy: RootManageSharedAccessKey may do everything.',
    ],
  },
  {
    id: 'azure-event-hubs-key',
    title: 'Azure Event Hubs key',
    signature: '+AEh',
    before: 33,
    after: '[A-P][A-Za-z0-9+/]{5}=',
    seeds: messagingSeeds,
    severity: 'high',
    url: 'https://learn.microsoft.com/azure/event-hubs/authorize-access-shared-access-signature',
    steps: ['Regenerate the key of the shared access policy, primary and secondary in turn.'],
  },
  {
    id: 'azure-relay-key',
    title: 'Azure Relay key',
    signature: '+ARm',
    before: 33,
    after: '[A-P][A-Za-z0-9+/]{5}=',
    seeds: messagingSeeds,
    severity: 'high',
    url: 'https://learn.microsoft.com/azure/azure-relay/relay-authentication-and-authorization',
    steps: ['Regenerate the key of the shared access policy, primary and secondary in turn.'],
  },
  {
    id: 'azure-iot-key',
    title: 'Azure IoT Hub, device or provisioning key',
    signature: 'AIoT',
    before: 33,
    after: '[A-P][A-Za-z0-9+/]{5}=',
    seeds: ['IoTHub00', 'DpsKey00', 'Device00'],
    severity: 'high',
    url: 'https://learn.microsoft.com/azure/iot-hub/authenticate-authorize-sas',
    steps: [
      'Regenerate the key of the hub policy, device or enrolment that the text around it names.',
      'Review device identities that were added meanwhile.',
    ],
  },
  {
    id: 'azure-event-grid-key',
    title: 'Azure Event Grid key',
    signature: 'AZEG',
    before: 33,
    after: '[A-P][A-Za-z0-9+/]{5}=',
    seeds: ['Default0'],
    severity: 'medium',
    url: 'https://learn.microsoft.com/azure/event-grid/get-access-keys',
    steps: ['Regenerate the key of the topic or domain and replace it in the publishers.'],
  },
] as const;

/**
 * The newer common form: 52 random characters, `JQQJ9`, date and platform, then the signature of the provider and a checksum.
 * https://github.com/microsoft/security-utilities
 */
const annotatedKeys = [
  {
    id: 'azure-devops-token',
    title: 'Azure DevOps personal access token',
    signature: 'AZDO',
    severity: 'critical',
    url: 'https://dev.azure.com/_usersSettings/tokens',
    steps: [
      'Revoke the token under User settings > Personal access tokens of its organisation.',
      'Review the organisation audit log for pushes, pipelines and service connections since it was exposed.',
      'Issue a new token with the least scopes and a short life, or use a service principal.',
    ],
  },
  {
    id: 'azure-ai-services-key',
    title: 'Azure OpenAI or AI services key',
    signature: 'ACOG',
    severity: 'high',
    url: 'https://learn.microsoft.com/azure/ai-services/rotate-keys',
    steps: [
      'Move the clients to the second key and regenerate the leaked one.',
      'Check usage and cost of the resource; prefer Microsoft Entra ID.',
    ],
  },
  {
    id: 'azure-app-configuration-key',
    title: 'Azure App Configuration key',
    signature: 'AZAC',
    severity: 'high',
    url: 'https://learn.microsoft.com/azure/azure-app-configuration/howto-disable-access-key-authentication',
    steps: ['Regenerate the access key of the store.', 'Rotate the secrets that the store holds: the key reads all of them.'],
  },
  {
    id: 'azure-maps-key',
    title: 'Azure Maps key',
    signature: 'AZMP',
    severity: 'medium',
    url: 'https://learn.microsoft.com/azure/azure-maps/how-to-manage-authentication',
    steps: ['Regenerate the primary and secondary key of the Maps account in turn.'],
  },
  {
    id: 'azure-communication-services-key',
    title: 'Azure Communication Services key',
    signature: 'AZCS',
    severity: 'high',
    url: 'https://learn.microsoft.com/azure/communication-services/concepts/authentication',
    steps: ['Regenerate the key of the resource.', 'Look for messages and calls that you did not send.'],
  },
] as const;

const annotatedSignatures = annotatedKeys.map(({ signature }) => signature).join('|');
export const rules: readonly Rule[] = [
  ...signedKeys.map((key): Rule => {
    const alphabet = 'alphabet' in key ? key.alphabet : '[A-Za-z0-9+/]';
    const form = `${alphabet}{${key.before}}${escape(key.signature)}${key.after}`;
    const signed = (sample: Sampler): string => signedKey(sample, key.signature, form, key.seeds[0]!);
    return {
      id: key.id,
      title: key.title,
      provider: 'Azure',
      severity: key.severity,
      precision: 'exact',
      keywords: [key.signature],
      lookBehind: key.before,
      expression: new RegExp(`${base64Start}(?<secret>${form})${base64End}`),
      isValid: (secret) => key.seeds.some((seed) => hasChecksum(secret, seed)),
      source: 'https://learn.microsoft.com/purview/sit-defn-all-creds',
      rotation: { url: key.url, steps: key.steps },
      examples: {
        matches: [
          (sample) => `AZURE_KEY=${signed(sample)}`,
          (sample) => `"primaryKey": "${signed(sample)}",`,
          (sample) => `Endpoint=https://x.example.net/;Key=${signed(sample)};Version=1`,
        ],
        misses: [
          (sample) => `data:font/woff;base64,${sample.base64(40)}${signed(sample)}`,
          (sample) => `key: ${signed(sample)}${sample.base64(60)}`,
          (sample) => `key: ${sample.alnum(key.before)}${signed(sample).slice(key.before)}`,
        ],
      },
    };
  }),
  ...annotatedKeys.map((key): Rule => ({
    id: key.id,
    title: key.title,
    provider: 'Azure',
    severity: key.severity,
    precision: 'exact',
    keywords: ['JQQJ9'],
    lookBehind: 52,
    expression: new RegExp(annotatedForm(key.signature)),
    minEntropy: 4,
    source: 'https://learn.microsoft.com/purview/sit-defn-all-creds',
    rotation: { url: key.url, steps: key.steps },
    examples: {
      matches: [
        (sample) => `AZURE_TOKEN: ${annotatedKey(sample, key.signature)}`,
        (sample) => `const key = "${annotatedKey(sample, key.signature)}${sample.alnum(2)}==";`,
      ],
      misses: [
        (sample) => `AZURE_TOKEN: ${sample.alnum(80)}${key.signature}${sample.alnum(4)}`,
        (sample) => `AZURE_TOKEN: ${sample.alnum(30)}JQQJ99B${sample.alnum(13)}AAAA${key.signature}${sample.alnum(4)}`,
        () => `AZURE_TOKEN: ${'x'.repeat(52)}JQQJ99xA${'x'.repeat(12)}AAAA${key.signature}xxxx`,
      ],
    },
  })),
  {
    id: 'azure-identifiable-key',
    title: 'Azure service key',
    provider: 'Azure',
    severity: 'high',
    precision: 'exact',
    keywords: ['JQQJ9'],
    lookBehind: 52,
    expression: new RegExp(annotatedForm(`(?!${annotatedSignatures})[A-Za-z][A-Za-z0-9]{3}`)),
    minEntropy: 4,
    source: 'https://learn.microsoft.com/purview/sit-defn-all-creds',
    rotation: {
      url: 'https://learn.microsoft.com/azure/key-vault/secrets/tutorial-rotation-dual',
      steps: [
        'Find the resource that the text around the key names.',
        'Regenerate its keys, primary and secondary in turn, and read its access log.',
      ],
    },
    examples: {
      matches: [(sample) => `PLATFORM_KEY=${annotatedKey(sample, 'AZMR')}`, (sample) => `"key1": "${annotatedKey(sample, 'msql')}"`],
      misses: [(sample) => `PLATFORM_KEY=${annotatedKey(sample, 'AZDO')}`, (sample) => `${sample.alnum(52)}JQQJ8A${sample.alnum(25)}`],
    },
  },
];

function annotatedForm(signature: string): string {
  return `(?<![A-Za-z0-9+/])(?<secret>[A-Za-z0-9]{52}JQQJ9[A-Z0-9][A-Za-z0-9][A-L][A-Za-z0-9]{16}${signature}[A-Za-z0-9]{4}(?:[A-Za-z0-9]{2}==)?)(?![A-Za-z0-9+/=_])`;
}

function annotatedKey(sample: Sampler, signature: string): string {
  return `${sample.alnum(52)}JQQJ99BAAC${sample.alnum(10)}AAAA${signature}${sample.alnum(4)}`;
}

function escape(signature: string): string {
  return signature.replace('+', '\\+');
}

function hasChecksum(secret: string, seed: string): boolean {
  const content = Buffer.from(secret, 'base64');
  return marvin32(content.subarray(0, -4), seed) === content.readUInt32LE(content.length - 4);
}

/** Of the keys with this signature and checksum, one that has the form: some kinds hold letters and digits only. */
function signedKey(sample: Sampler, signature: string, form: string, seed: string): string {
  const length = Number(/\{(\d+)\}/.exec(form)?.[1]);
  for (;;) {
    const content = Buffer.from(`${sample.alnum(length)}${signature}A`, 'base64');
    const checked = content.subarray(0, contentBytes(length) - 4);
    const checksum = Buffer.alloc(4);
    checksum.writeUInt32LE(marvin32(checked, seed));
    const text = Buffer.concat([checked, checksum]).toString('base64');
    if (new RegExp(`^${form}$`).test(text)) return text;
  }
}

/** How many bytes a key has that has so many characters before its signature. */
function contentBytes(before: number): number {
  return { 33: 32, 42: 39, 44: 40, 76: 64 }[before] ?? 0;
}
