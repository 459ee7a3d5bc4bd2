import { assigned, credentialsOf } from './forms.ts';
import type { Rule } from './rule.ts';

/** Access to blockchain nodes and explorers, with one kind of key each. */
export const rules: readonly Rule[] = [
  {
    id: 'etherscan-api-key',
    title: 'Etherscan API key',
    provider: 'Etherscan',
    severity: 'low',
    precision: 'contextual',
    keywords: ['etherscan', 'bscscan', 'polygonscan', 'arbiscan', 'snowtrace', 'ftmscan', 'basescan'],
    expression: assigned(
      [
        ...credentialsOf('(?:etherscan|bscscan|polygonscan|arbiscan|snowtrace|ftmscan|basescan)'),
        '(?:ether|bsc|polygon|arbi)scan\\.(?:io|com)/api[^\\s"\']{0,200}?apikey',
      ],
      '[A-Z0-9]{34}',
    ),
    minEntropy: 3.8,
    source: 'https://docs.etherscan.io/getting-an-api-key',
    rotation: {
      url: 'https://etherscan.io/myapikey',
      steps: ['Remove the key on the linked page and create a new one.', 'Check the usage of a paid plan.'],
    },
    examples: {
      matches: [
        (sample) => `ETHERSCAN_API_KEY=${sample.upper(34)}`,
        (sample) => `etherscan: { apiKey: "${sample.upper(34)}" }`,
        (sample) => `https://api.etherscan.io/api?module=account&action=balance&apikey=${sample.upper(34)}`,
      ],
      misses: [
        () => 'ETHERSCAN_API_KEY=YourApiKeyToken',
        () => `ETHERSCAN_API_KEY=${'X'.repeat(34)}`,
        () => 'apiKey: process.env.ETHERSCAN_API_KEY',
      ],
    },
  },
  {
    id: 'infura-api-key',
    title: 'Infura API key',
    provider: 'Infura',
    severity: 'medium',
    precision: 'contextual',
    keywords: ['infura'],
    expression:
      /infura(?:\.io\/(?:ws\/)?v3\/|[\w.-]{0,24}?(?:key|secret|id)["'`]{0,2}[ \t]{0,4}[=:][ \t]{0,4}["'`]{0,2})(?<secret>[0-9a-f]{32})(?![A-Za-z0-9_-])/i,
    minEntropy: 3,
    source: 'https://docs.metamask.io/services/get-started/infura/',
    rotation: {
      url: 'https://developer.metamask.io/',
      steps: [
        'Create a new key, switch to it and delete the leaked one on the linked page.',
        'Require the key secret, or allow only your addresses, contracts and origins.',
      ],
    },
    examples: {
      matches: [(sample) => `INFURA_API_KEY=${sample.hex(32)}`, (sample) => `new Web3("https://mainnet.infura.io/v3/${sample.hex(32)}")`],
      misses: [() => 'https://mainnet.infura.io/v3/YOUR-PROJECT-ID', () => `INFURA_API_KEY=${'0'.repeat(32)}`],
    },
  },
  {
    id: 'alchemy-api-key',
    title: 'Alchemy API key',
    provider: 'Alchemy',
    severity: 'medium',
    precision: 'contextual',
    keywords: ['alchemy'],
    expression:
      /(?<!sql)alchemy(?:\.com\/(?:v2|nft\/v[23])\/|(?:api)?[\w.-]{0,24}?(?:key|token)["'`]{0,2}[ \t]{0,4}[=:][ \t]{0,4}["'`]{0,2})(?<secret>[A-Za-z0-9_-]{32}|[A-Za-z0-9_-]{21})(?![A-Za-z0-9_-])/i,
    minEntropy: 3.6,
    source: 'https://www.alchemy.com/docs/how-to-create-access-keys',
    rotation: {
      url: 'https://dashboard.alchemy.com/apps',
      steps: [
        'Rotate the key of the app on the linked page.',
        'Check usage and billing; use JWT or an allow-list of domains and addresses.',
      ],
    },
    examples: {
      matches: [
        (sample) => `ALCHEMY_API_KEY=${sample.base64url(31)}x`,
        (sample) => `url: "https://eth-mainnet.g.alchemy.com/v2/${sample.base64url(31)}x"`,
      ],
      misses: [
        () => 'https://eth-mainnet.g.alchemy.com/v2/your-api-key',
        (sample) => `SQLALCHEMY_SECRET_KEY=${sample.alnum(32)}`,
        () => `ALCHEMY_API_KEY=${'x'.repeat(32)}`,
      ],
    },
  },
  {
    id: 'quicknode-endpoint-token',
    title: 'QuickNode endpoint token',
    provider: 'QuickNode',
    severity: 'medium',
    precision: 'exact',
    keywords: ['quiknode.pro/'],
    expression: /quiknode\.pro\/(?<secret>[0-9a-f]{40})(?![A-Za-z0-9_])/,
    minEntropy: 3,
    source: 'https://www.quicknode.com/docs/ethereum/endpoint-security',
    rotation: {
      url: 'https://dashboard.quicknode.com/endpoints',
      steps: [
        'Roll the authentication token on the page "Security" of the endpoint.',
        'Check the metrics, and allow only your referrers or addresses.',
      ],
    },
    examples: {
      matches: [
        (sample) => `RPC_URL=https://wispy-cool-sun.quiknode.pro/${sample.hex(40)}/`,
        (sample) => `wss://x.solana-mainnet.quiknode.pro/${sample.hex(40)}`,
      ],
      misses: [() => 'https://example.quiknode.pro/your-token/', (sample) => `https://x.quiknode.pro/${sample.hex(10)}`],
    },
  },
];
