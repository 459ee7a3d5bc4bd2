import { assigned, credentialsOf } from './forms.ts';
import type { Rule } from './rule.ts';
import type { Sampler } from './sampler.ts';

/** Nothing that continues base64 stands before or after. */
const base64Start = '(?<![A-Za-z0-9+/_-])';
const base64End = '(?![A-Za-z0-9+/=_-])';

/**
 * Keys of Azure services carry a signature of four characters at a fixed place, then a checksum:
 * https://github.com/microsoft/security-utilities. `before` is what stands before the signature, `after` behind it.
 */
const signedKeys = [
  {
    id: 'azure-storage-account-key',
    title: 'Azure Storage account key',
    signature: '+ASt',
    before: 76,
    after: '[A-Za-z0-9+/]{5}[AQgw]==',
    sampleAfter: (sample: Sampler) => `${sample.base64(5)}Q==`,
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
    sampleAfter: (sample: Sampler) => `${sample.base64(5)}g==`,
    severity: 'critical',
    url: 'https://learn.microsoft.com/azure/cosmos-db/secure-access-to-data#primary-secondary-keys',
    steps: ['Move the clients to the secondary key and regenerate the leaked one.', "Review the account's diagnostic logs for reads you do not know."],
  },
  {
    id: 'azure-batch-key',
    title: 'Azure Batch account key',
    signature: '+ABa',
    before: 76,
    after: '[A-Za-z0-9+/]{5}[AQgw]==',
    sampleAfter: (sample: Sampler) => `${sample.base64(5)}A==`,
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
    sampleAfter: (sample: Sampler) => `${sample.base64(5)}w==`,
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
    sampleAfter: (sample: Sampler) => `${sample.base64(5)}Q==`,
    severity: 'medium',
    url: 'https://learn.microsoft.com/azure/machine-learning/how-to-authenticate-online-endpoint',
    steps: ['Regenerate the key of the endpoint and replace it in the clients.'],
  },
  {
    id: 'azure-functions-key',
    title: 'Azure Functions key',
    signature: 'AzFu',
    before: 44,
    after: '[\\w-]{5}[AQgw]==',
    sampleAfter: (sample: Sampler) => `${sample.base64url(5)}Q==`,
    severity: 'high',
    url: 'https://learn.microsoft.com/azure/azure-functions/function-keys-how-to',
    steps: ['Renew the key under App keys or Function keys; a leaked _master key opens every function of the app.', 'Review the invocations in Application Insights.'],
  },
  {
    id: 'azure-search-key',
    title: 'Azure AI Search key',
    signature: 'AzSe',
    before: 42,
    after: '[A-D][A-Za-z0-9]{5}',
    sampleAfter: (sample: Sampler) => `A${sample.alnum(5)}`,
    alphabet: 'alnum',
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
    sampleAfter: (sample: Sampler) => `B${sample.alnum(5)}`,
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
    sampleAfter: (sample: Sampler) => `C${sample.base64(5)}=`,
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
    sampleAfter: (sample: Sampler) => `D${sample.base64(5)}=`,
    severity: 'high',
    url: 'https://learn.microsoft.com/azure/service-bus-messaging/service-bus-sas',
    steps: ['Regenerate the key of the shared access policy, primary and secondary in turn.', 'Narrow the policy: RootManageSharedAccessKey may do everything.'],
  },
  {
    id: 'azure-event-hubs-key',
    title: 'Azure Event Hubs key',
    signature: '+AEh',
    before: 33,
    after: '[A-P][A-Za-z0-9+/]{5}=',
    sampleAfter: (sample: Sampler) => `E${sample.base64(5)}=`,
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
    sampleAfter: (sample: Sampler) => `F${sample.base64(5)}=`,
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
    sampleAfter: (sample: Sampler) => `G${sample.base64(5)}=`,
    severity: 'high',
    url: 'https://learn.microsoft.com/azure/iot-hub/authenticate-authorize-sas',
    steps: ['Regenerate the key of the hub policy, device or enrolment that the text around it names.', 'Review device identities that were added meanwhile.'],
  },
  {
    id: 'azure-event-grid-key',
    title: 'Azure Event Grid key',
    signature: 'AZEG',
    before: 33,
    after: '[A-P][A-Za-z0-9+/]{5}=',
    sampleAfter: (sample: Sampler) => `H${sample.base64(5)}=`,
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
    steps: ['Move the clients to the second key and regenerate the leaked one.', 'Check usage and cost of the resource; prefer Microsoft Entra ID.'],
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
const storageLike = signedKeys.filter(({ before }) => before === 76).map(({ signature }) => escape(signature));
const messagingLike = signedKeys.filter(({ before }) => before === 33).map(({ signature }) => escape(signature));

export const rules: readonly Rule[] = [
  ...signedKeys.map((key): Rule => {
    const alphabet = 'alphabet' in key ? '[A-Za-z0-9]' : key.signature === 'AzFu' ? '[\\w-]' : '[A-Za-z0-9+/]';
    const body = (sample: Sampler): string => (alphabet === '[A-Za-z0-9+/]' ? sample.base64(key.before) : sample.alnum(key.before));
    return {
      id: key.id,
      title: key.title,
      provider: 'Azure',
      severity: key.severity,
      precision: 'exact',
      keywords: [key.signature],
      lookBehind: key.before,
      expression: new RegExp(`${base64Start}(?<secret>${alphabet}{${key.before}}${escape(key.signature)}${key.after})${base64End}`),
      minEntropy: 4,
      source: 'https://learn.microsoft.com/purview/sit-defn-all-creds',
      rotation: { url: key.url, steps: key.steps },
      examples: {
        matches: [
          (sample) => `AZURE_KEY=${body(sample)}${key.signature}${key.sampleAfter(sample)}`,
          (sample) => `"primaryKey": "${body(sample)}${key.signature}${key.sampleAfter(sample)}",`,
          (sample) => `Endpoint=https://x.example.net/;Key=${body(sample)}${key.signature}${key.sampleAfter(sample)};Version=1`,
        ],
        misses: [
          (sample) => `data:font/woff;base64,${body(sample)}${sample.base64(40)}${key.signature}${key.sampleAfter(sample)}`,
          (sample) => `${body(sample)}${key.signature}${sample.base64(60)}`,
          () => `${'A'.repeat(key.before)}${key.signature}AAAAAA==`,
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
      steps: ['Find the resource that the text around the key names.', 'Regenerate its keys, primary and secondary in turn, and read its access log.'],
    },
    examples: {
      matches: [(sample) => `PLATFORM_KEY=${annotatedKey(sample, 'AZMR')}`, (sample) => `"key1": "${annotatedKey(sample, 'msql')}"`],
      misses: [(sample) => `PLATFORM_KEY=${annotatedKey(sample, 'AZDO')}`, (sample) => `${sample.alnum(52)}JQQJ8A${sample.alnum(25)}`],
    },
  },
  {
    id: 'azure-client-secret',
    title: 'Microsoft Entra ID client secret',
    provider: 'Azure',
    severity: 'critical',
    precision: 'exact',
    keywords: ['7Q~', '8Q~', '9Q~'],
    lookBehind: 3,
    expression: /(?<![\w~.+/-])(?<secret>[\w~.-]{3}[789]Q~[\w~.-]{31,34})(?![\w~+/=-])/,
    minEntropy: 4,
    source: 'https://learn.microsoft.com/purview/sit-defn-client-secret-api-key',
    rotation: {
      url: 'https://learn.microsoft.com/entra/identity-platform/how-to-add-credentials',
      steps: [
        'Add a new credential to the app registration, roll it out, then delete the leaked secret.',
        'Read the service principal sign-in log and what its permissions allowed.',
        'Prefer a managed identity or a federated credential.',
      ],
    },
    examples: {
      matches: [
        (sample) => `AZURE_CLIENT_SECRET=${sample.alnum(3)}8Q~${sample.alnum(34)}`,
        (sample) => `client_secret = "${sample.alnum(3)}7Q~${sample.base64url(31)}"`,
        (sample) => `az login --service-principal -p ${sample.alnum(3)}8Q~${sample.alnum(20)}.${sample.alnum(6)}~${sample.alnum(6)} -u app`,
      ],
      misses: [
        (sample) => `AZURE_CLIENT_SECRET=${sample.alnum(3)}8Q~${sample.alnum(10)}`,
        () => `AZURE_CLIENT_SECRET=xxx8Q~${'x'.repeat(34)}`,
        (sample) => `${sample.alnum(20)}8Q~${sample.alnum(34)}`,
      ],
    },
  },
  {
    id: 'azure-devops-legacy-token',
    title: 'Azure DevOps personal access token (older form)',
    provider: 'Azure',
    severity: 'critical',
    precision: 'contextual',
    keywords: ['azure_devops', 'azuredevops', 'azure-devops', 'azure.devops', 'azdo', 'ado_', 'adopat', 'vsts', 'vss_'],
    expression: assigned(credentialsOf('azure[_.\\-]?devops', 'azdo', 'ado_?', 'vsts', 'vss_'), '[a-z2-7]{52}'),
    minEntropy: 4,
    source: 'https://learn.microsoft.com/azure/devops/organizations/accounts/use-personal-access-tokens-to-authenticate',
    rotation: {
      url: 'https://dev.azure.com/_usersSettings/tokens',
      steps: ['Revoke the token under User settings > Personal access tokens of its organisation.', 'Review the organisation audit log.'],
    },
    examples: {
      matches: [
        (sample) => `AZURE_DEVOPS_EXT_PAT=${sample.from('abcdefghijklmnopqrstuvwxyz234567', 52)}`,
        (sample) => `azdo: { pat: '${sample.from('abcdefghijklmnopqrstuvwxyz234567', 52)}' }`,
      ],
      misses: [() => `AZURE_DEVOPS_EXT_PAT=${'a'.repeat(52)}`, (sample) => `AZURE_DEVOPS_EXT_PAT=${sample.alnum(52)}`, (sample) => `azdo_path=${sample.lower(20)}`],
    },
  },
  {
    id: 'azure-account-key',
    title: 'Azure Storage, Cosmos DB or Batch account key',
    provider: 'Azure',
    severity: 'critical',
    precision: 'exact',
    keywords: ['AccountKey', 'account_key', 'accountkey', 'storage_key', 'storagekey', 'storage_access_key', 'cosmos'],
    expression: assigned(
      ['account_?key', 'storage_(?:access_)?key', 'storagekey', 'cosmos[\\w.\\-]{0,20}?key'],
      `(?![A-Za-z0-9+/]{76}(?:${storageLike.join('|')}))[A-Za-z0-9+/]{86}==`,
    ),
    minEntropy: 4,
    // The keys of the storage and Cosmos DB emulators are the same everywhere.
    notSecrets: [/^Eby8vdM02xNOcqFlqUwJPLlmEtl/, /^C2y6yDjf5\/R\+ob0N8A7Cgv30VRD/],
    source: 'https://learn.microsoft.com/azure/storage/common/storage-configure-connection-string',
    rotation: {
      url: 'https://learn.microsoft.com/azure/storage/common/storage-account-keys-manage',
      steps: [
        'Move the clients to the second key, regenerate the leaked one, then regenerate the second as well.',
        'Review the logs of the account and turn key access off where Microsoft Entra ID can be used.',
      ],
    },
    examples: {
      matches: [
        (sample) => `DefaultEndpointsProtocol=https;AccountName=shop;AccountKey=${sample.base64(86)}==;EndpointSuffix=core.windows.net`,
        (sample) => `AZURE_STORAGE_ACCOUNT_KEY="${sample.base64(86)}=="`,
        (sample) => `COSMOS_PRIMARY_KEY: ${sample.base64(86)}==`,
      ],
      misses: [
        (sample) => `AccountName=devstoreaccount1;AccountKey=Eby8vdM02xNOcqFlqUwJPLlmEtl${sample.base64(59)}==`,
        () => 'AccountName=shop;AccountKey=<account-key>;',
        (sample) => `AccountKey=${sample.base64(76)}+ASt${sample.base64(5)}Q==`,
        (sample) => `AccountKey=${sample.base64(40)}==`,
      ],
    },
  },
  {
    id: 'azure-shared-access-key',
    title: 'Azure Service Bus, Event Hubs or IoT shared access key',
    provider: 'Azure',
    severity: 'high',
    precision: 'exact',
    keywords: ['SharedAccessKey='],
    expression: new RegExp(`SharedAccessKey=(?<secret>(?![A-Za-z0-9+/]{33}(?:${messagingLike.join('|')}))[A-Za-z0-9+/]{43}=)${base64End}`),
    minEntropy: 4,
    source: 'https://learn.microsoft.com/azure/service-bus-messaging/service-bus-sas',
    rotation: {
      url: 'https://learn.microsoft.com/azure/service-bus-messaging/service-bus-sas#regenerate-keys',
      steps: [
        'Regenerate the key of the shared access policy that SharedAccessKeyName names, primary and secondary in turn.',
        'Give each client a policy of its own with Send or Listen only.',
      ],
    },
    examples: {
      matches: [
        (sample) => `Endpoint=sb://shop.servicebus.windows.net/;SharedAccessKeyName=RootManageSharedAccessKey;SharedAccessKey=${sample.base64(43)}=`,
        (sample) => `"HostName=hub.azure-devices.net;DeviceId=d1;SharedAccessKey=${sample.base64(43)}="`,
      ],
      misses: [
        () => 'SharedAccessKeyName=Root;SharedAccessKey=YOUR_KEY_HERE',
        () => `SharedAccessKey=${'A'.repeat(43)}=`,
        (sample) => `SharedAccessKey=${sample.base64(33)}+ASbA${sample.base64(5)}=`,
      ],
    },
  },
  {
    id: 'azure-shared-access-signature',
    title: 'Azure shared access signature',
    provider: 'Azure',
    severity: 'high',
    precision: 'exact',
    keywords: ['sig='],
    // 32 bytes in base64, percent-encoded in a URL.
    expression: /(?<=[?&;"' ])sig=(?<secret>(?:[A-Za-z0-9+/]|%2[BbFf]){43}(?:=|%3[Dd]))(?![\w%+/=-])/,
    minEntropy: 4,
    source: 'https://learn.microsoft.com/azure/storage/common/storage-sas-overview',
    rotation: {
      url: 'https://learn.microsoft.com/azure/storage/common/storage-sas-overview#best-practices-when-using-sas',
      steps: [
        'Read `se=` (end), `sp=` (permissions) and `sr=` (scope) beside it to see what it opens and until when.',
        'A service signature on a stored access policy: delete the policy. Any other: regenerate the account key that signed it. A user delegation signature: revoke the delegation keys.',
      ],
    },
    examples: {
      matches: [
        (sample) => `https://shop.blob.core.windows.net/c/f?sv=2022-11-02&se=2030-01-01T00%3A00%3A00Z&sp=r&sig=${sample.alnum(20)}%2B${sample.alnum(22)}%3D`,
        (sample) => `SharedAccessSignature=sr=hub&se=1893456000&skn=p&sig=${sample.alnum(43)}%3d`,
      ],
      misses: [
        () => `https://shop.blob.core.windows.net/c/f?sp=r&sig=${'x'.repeat(43)}%3D`,
        (sample) => `https://cdn.example/a.png?w=1&sig=${sample.hex(40)}`,
        (sample) => `let sig=${sample.alnum(12)};`,
        (sample) => `https://example.com/?config=${sample.alnum(43)}`,
      ],
    },
  },
  {
    id: 'azure-endpoint-access-key',
    title: 'Azure SignalR, Web PubSub or Communication Services access key',
    provider: 'Azure',
    severity: 'high',
    precision: 'exact',
    keywords: ['.service.signalr.net', '.webpubsub.azure.com', '.communication.azure.com'],
    expression: /\.(?:service\.signalr\.net|webpubsub\.azure\.com|communication\.azure\.com)\/?;accesskey=(?<secret>[A-Za-z0-9+/]{43}=|[A-Za-z0-9+/]{86}==|[A-Za-z0-9]{84})(?![A-Za-z0-9+/=])/i,
    minEntropy: 4,
    source: 'https://learn.microsoft.com/azure/azure-signalr/concept-connection-string',
    rotation: {
      url: 'https://learn.microsoft.com/azure/azure-signalr/signalr-howto-key-rotation',
      steps: ['Move the clients to the secondary key and regenerate the leaked one.', 'Prefer Microsoft Entra ID and turn access keys off.'],
    },
    examples: {
      matches: [
        (sample) => `Endpoint=https://shop.service.signalr.net;AccessKey=${sample.base64(43)}=;Version=1.0;`,
        (sample) => `endpoint=https://shop.europe.communication.azure.com/;accesskey=${sample.base64(86)}==`,
      ],
      misses: [() => 'Endpoint=https://shop.service.signalr.net;AccessKey=<key>;', () => `Endpoint=https://shop.service.signalr.net;AccessKey=${'A'.repeat(43)}=;`],
    },
  },
  {
    id: 'azure-app-configuration-secret',
    title: 'Azure App Configuration connection string',
    provider: 'Azure',
    severity: 'high',
    precision: 'exact',
    keywords: ['.azconfig.io;'],
    expression: /\.azconfig\.io;Id=[^;\s"']{4,80};Secret=(?<secret>[A-Za-z0-9+/]{40,50}={0,2})(?![A-Za-z0-9+/=])/,
    minEntropy: 4,
    source: 'https://learn.microsoft.com/azure/azure-app-configuration/concept-disable-access-key-authentication',
    rotation: {
      url: 'https://learn.microsoft.com/azure/azure-app-configuration/howto-disable-access-key-authentication',
      steps: ['Regenerate the access key of the store.', 'Rotate the secrets that the store holds: the key reads all of them.'],
    },
    examples: {
      matches: [
        (sample) => `Endpoint=https://shop.azconfig.io;Id=abcd-l0-s0:${sample.alnum(20)};Secret=${sample.base64(43)}=`,
        (sample) => `"AppConfig": "Endpoint=https://shop.azconfig.io;Id=${sample.alnum(8)};Secret=${sample.base64(43)}="`,
      ],
      misses: [() => 'Endpoint=https://shop.azconfig.io;Id=id;Secret=<secret>', (sample) => `Endpoint=https://shop.azconfig.io;Id=${sample.alnum(8)};Secret=${'A'.repeat(43)}=`],
    },
  },
  {
    id: 'azure-subscription-key',
    title: 'Azure AI services or API Management subscription key',
    provider: 'Azure',
    severity: 'high',
    precision: 'contextual',
    keywords: ['ocp-apim-subscription-key', 'azure_openai', 'azureopenai', 'azure_speech', 'azure_cognitive', 'azure_translator', 'azure_search', 'cognitive_service'],
    expression: assigned(
      ['ocp-apim-subscription-key', ...credentialsOf('azure_?openai', 'azure_speech', 'azure_cognitive', 'azure_translator', 'azure_search', 'cognitive_service')],
      '(?:[0-9a-f]{32}|[0-9A-F]{32})',
    ),
    minEntropy: 3.2,
    source: 'https://learn.microsoft.com/azure/ai-services/authentication',
    rotation: {
      url: 'https://learn.microsoft.com/azure/ai-services/rotate-keys',
      steps: ['Move the clients to the second key and regenerate the leaked one.', 'Check usage and cost of the resource; prefer Microsoft Entra ID.'],
    },
    examples: {
      matches: [
        (sample) => `curl -H "Ocp-Apim-Subscription-Key: ${sample.hex(32)}"`,
        (sample) => `AZURE_OPENAI_API_KEY=${sample.hex(32)}`,
        (sample) => `headers = {'Ocp-Apim-Subscription-Key': '${sample.hex(32)}'}`,
      ],
      misses: [
        () => `AZURE_OPENAI_API_KEY=${'0'.repeat(32)}`,
        () => 'Ocp-Apim-Subscription-Key: {your-subscription-key}',
        (sample) => `AZURE_OPENAI_DEPLOYMENT=${sample.hex(32)}`,
      ],
    },
  },
  {
    id: 'azure-publish-profile-password',
    title: 'Azure App Service publish profile password',
    provider: 'Azure',
    severity: 'high',
    precision: 'exact',
    keywords: ['userPWD='],
    expression: /userPWD=\\?["'](?<secret>[A-Za-z0-9]{60})\\?["']/,
    minEntropy: 4,
    source: 'https://learn.microsoft.com/azure/app-service/deploy-configure-credentials',
    rotation: {
      url: 'https://learn.microsoft.com/azure/app-service/deploy-configure-credentials',
      steps: ['Reset the publish profile of the app, which changes its passwords.', 'Compare what is deployed with what you built; turn basic authentication off.'],
    },
    examples: {
      matches: [
        (sample) => `<publishProfile publishMethod="MSDeploy" userName="$shop" userPWD="${sample.alnum(60)}" />`,
        (sample) => `AZURE_PUBLISH_PROFILE='<publishData><publishProfile userPWD="${sample.alnum(60)}"'`,
      ],
      misses: [() => 'userPWD="REDACTED"', () => `userPWD="${'x'.repeat(60)}"`],
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
