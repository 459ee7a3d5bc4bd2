import { assigned, credentialsOf } from './forms.ts';
import type { Rule } from './rule.ts';

/** Nothing that continues base64 stands behind. */
const base64End = '(?![A-Za-z0-9+/=_-])';

/** Keys that carry a signature have rules of their own: see `azure-identifiable-keys.ts`. */
const signedStorageKey = '[A-Za-z0-9+/]{76}(?:\\+ASt|ACDb|\\+ABa|\\+AMC|APIM)';
const signedMessagingKey = '[A-Za-z0-9+/]{33}(?:AzCa|\\+ASb|\\+AEh|\\+ARm|AIoT|AZEG)';

export const rules: readonly Rule[] = [
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
      misses: [
        () => `AZURE_DEVOPS_EXT_PAT=${'a'.repeat(52)}`,
        (sample) => `AZURE_DEVOPS_EXT_PAT=${sample.alnum(52)}`,
        (sample) => `azdo_path=${sample.lower(20)}`,
      ],
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
      `(?!${signedStorageKey})[A-Za-z0-9+/]{86}==`,
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
    expression: new RegExp(`SharedAccessKey=(?<secret>(?!${signedMessagingKey})[A-Za-z0-9+/]{43}=)${base64End}`),
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
        (sample) =>
          `Endpoint=sb://shop.servicebus.windows.net/;SharedAccessKeyName=RootManageSharedAccessKey;SharedAccessKey=${sample.base64(43)}=`,
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
        (sample) =>
          `https://shop.blob.core.windows.net/c/f?sv=2022-11-02&se=2030-01-01T00%3A00%3A00Z&sp=r&sig=${sample.alnum(20)}%2B${sample.alnum(22)}%3D`,
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
    expression:
      /\.(?:service\.signalr\.net|webpubsub\.azure\.com|communication\.azure\.com)\/?;accesskey=(?<secret>[A-Za-z0-9+/]{43}=|[A-Za-z0-9+/]{86}==|[A-Za-z0-9]{84})(?![A-Za-z0-9+/=])/i,
    minEntropy: 4,
    source: 'https://learn.microsoft.com/azure/azure-signalr/concept-connection-string',
    rotation: {
      url: 'https://learn.microsoft.com/azure/azure-signalr/signalr-howto-key-rotation',
      steps: [
        'Move the clients to the secondary key and regenerate the leaked one.',
        'Prefer Microsoft Entra ID and turn access keys off.',
      ],
    },
    examples: {
      matches: [
        (sample) => `Endpoint=https://shop.service.signalr.net;AccessKey=${sample.base64(43)}=;Version=1.0;`,
        (sample) => `endpoint=https://shop.europe.communication.azure.com/;accesskey=${sample.base64(86)}==`,
      ],
      misses: [
        () => 'Endpoint=https://shop.service.signalr.net;AccessKey=<key>;',
        () => `Endpoint=https://shop.service.signalr.net;AccessKey=${'A'.repeat(43)}=;`,
      ],
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
      misses: [
        () => 'Endpoint=https://shop.azconfig.io;Id=id;Secret=<secret>',
        (sample) => `Endpoint=https://shop.azconfig.io;Id=${sample.alnum(8)};Secret=${'A'.repeat(43)}=`,
      ],
    },
  },
  {
    id: 'azure-subscription-key',
    title: 'Azure AI services or API Management subscription key',
    provider: 'Azure',
    severity: 'high',
    precision: 'contextual',
    keywords: [
      'ocp-apim-subscription-key',
      'azure_openai',
      'azureopenai',
      'azure_speech',
      'azure_cognitive',
      'azure_translator',
      'azure_search',
      'cognitive_service',
    ],
    expression: assigned(
      [
        'ocp-apim-subscription-key',
        ...credentialsOf('azure_?openai', 'azure_speech', 'azure_cognitive', 'azure_translator', 'azure_search', 'cognitive_service'),
      ],
      '(?:[0-9a-f]{32}|[0-9A-F]{32})',
    ),
    minEntropy: 3.2,
    source: 'https://learn.microsoft.com/azure/ai-services/authentication',
    rotation: {
      url: 'https://learn.microsoft.com/azure/ai-services/rotate-keys',
      steps: [
        'Move the clients to the second key and regenerate the leaked one.',
        'Check usage and cost of the resource; prefer Microsoft Entra ID.',
      ],
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
      steps: [
        'Reset the publish profile of the app, which changes its passwords.',
        'Compare what is deployed with what you built; turn basic authentication off.',
      ],
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
