import { assigned } from './forms.ts';
import type { Rule } from './rule.ts';

// Up to a few words and signs between the exchange and the name of the secret: `kraken: { apiSecret`.
const near = '[\\w.\\-({,:"\' ]{0,24}?';

const rotation = (url: string): Rule['rotation'] => ({
  url,
  steps: [
    'Delete the API key on the linked page.',
    'Check trades, withdrawals and allow-listed addresses since the leak.',
    'Create a new key without the right to withdraw, bound to your IP addresses.',
  ],
});

/** Exchanges and brokers with one kind of secret each; the key's id is public to them and not reported. */
export const rules: readonly Rule[] = [
  {
    id: 'coinbase-api-secret',
    title: 'Coinbase API secret',
    provider: 'Coinbase',
    severity: 'critical',
    precision: 'contextual',
    keywords: ['coinbase', 'cb_access', 'cb-access', 'cb_api', 'gdax'],
    expression: assigned(
      [`(?:coinbase|cb[_-](?:access|api)|gdax)${near}(?:secret|token)`],
      '(?:[A-Za-z0-9]{32}|[A-Za-z0-9]{64}|[A-Za-z0-9+/]{86}==)',
    ),
    minEntropy: 3.7,
    source: 'https://docs.cdp.coinbase.com/exchange/rest-api/authentication',
    rotation: rotation('https://portal.cdp.coinbase.com/access/api'),
    examples: {
      matches: [(sample) => `COINBASE_API_SECRET=${sample.alnum(32)}`, (sample) => `coinbase_secret: "${sample.base64(86)}=="`],
      misses: [
        (sample) => `COINBASE_API_KEY=${sample.alnum(16)}`,
        () => 'COINBASE_API_SECRET=your-api-secret',
        () => `COINBASE_API_SECRET=${'x'.repeat(32)}`,
      ],
    },
  },
  {
    id: 'binance-api-secret',
    title: 'Binance API secret',
    provider: 'Binance',
    severity: 'critical',
    precision: 'contextual',
    keywords: ['binance', 'bnb_'],
    expression: assigned([`(?:binance|bnb_)${near}(?:secret|private)`], '[A-Za-z0-9]{64}'),
    minEntropy: 4.2,
    source: 'https://developers.binance.com/docs/binance-spot-api-docs/rest-api/request-security',
    rotation: rotation('https://www.binance.com/en/my/settings/api-management'),
    examples: {
      matches: [(sample) => `BINANCE_API_SECRET=${sample.alnum(64)}`, (sample) => `"binance_secret_key": "${sample.alnum(64)}"`],
      misses: [
        () => 'BINANCE_API_SECRET=your_binance_secret',
        (sample) => `BINANCE_API_SECRET=${sample.alnum(20)}`,
        () => `BINANCE_SECRET=${'x'.repeat(64)}`,
      ],
    },
  },
  {
    id: 'kraken-private-key',
    title: 'Kraken API private key',
    provider: 'Kraken',
    severity: 'critical',
    precision: 'contextual',
    keywords: ['kraken'],
    expression: assigned([`kraken${near}(?:secret|private|key)`], '[A-Za-z0-9+/]{86}=='),
    minEntropy: 4.4,
    source: 'https://docs.kraken.com/api/docs/guides/spot-rest-auth/',
    rotation: rotation('https://www.kraken.com/u/security/api'),
    examples: {
      matches: [(sample) => `KRAKEN_PRIVATE_KEY=${sample.base64(86)}==`, (sample) => `kraken: { apiSecret: "${sample.base64(86)}==" }`],
      misses: [(sample) => `KRAKEN_API_KEY=${sample.base64(56)}`, () => 'KRAKEN_PRIVATE_KEY=your-private-key'],
    },
  },
  {
    id: 'kucoin-api-secret',
    title: 'KuCoin API secret',
    provider: 'KuCoin',
    severity: 'critical',
    precision: 'contextual',
    keywords: ['kucoin', 'kc_api', 'kc-api'],
    expression: assigned([`(?:kucoin|kc[_-]api)${near}secret`], '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}'),
    minEntropy: 3,
    source: 'https://www.kucoin.com/docs-new/authentication',
    rotation: rotation('https://www.kucoin.com/account/api'),
    examples: {
      matches: [(sample) => `KUCOIN_API_SECRET=${sample.uuid()}`, (sample) => `kucoin_secret = "${sample.uuid()}"`],
      misses: [(sample) => `KUCOIN_API_KEY=${sample.hex(24)}`, () => 'KUCOIN_API_SECRET=00000000-0000-0000-0000-000000000000'],
    },
  },
  {
    id: 'okx-api-secret',
    title: 'OKX API secret key',
    provider: 'OKX',
    severity: 'critical',
    precision: 'contextual',
    keywords: ['okx_', 'okx-', 'okex_', 'okex-', 'okx.'],
    expression: assigned(['oke?x[_\\-.][\\w.\\-]{0,20}?secret'], '[0-9A-F]{32}'),
    minEntropy: 3,
    source: 'https://www.okx.com/docs-v5/en/#overview-rest-authentication',
    rotation: rotation('https://www.okx.com/account/my-api'),
    examples: {
      matches: [
        (sample) => `OKX_API_SECRET=${sample.from('0123456789ABCDEF', 32)}`,
        (sample) => `okx.secretKey = '${sample.from('0123456789ABCDEF', 32)}'`,
      ],
      misses: [(sample) => `OKX_API_KEY=${sample.uuid()}`, () => `OKX_API_SECRET=${'X'.repeat(32)}`],
    },
  },
  {
    id: 'bybit-api-secret',
    title: 'Bybit API secret',
    provider: 'Bybit',
    severity: 'critical',
    precision: 'contextual',
    keywords: ['bybit'],
    expression: assigned([`bybit${near}secret`], '[A-Za-z0-9]{36}'),
    minEntropy: 3.8,
    source: 'https://bybit-exchange.github.io/docs/v5/guide',
    rotation: rotation('https://www.bybit.com/app/user/api-management'),
    examples: {
      matches: [(sample) => `BYBIT_API_SECRET=${sample.alnum(36)}`, (sample) => `"bybit": {"secret": "${sample.alnum(36)}"}`],
      misses: [(sample) => `BYBIT_API_KEY=${sample.alnum(18)}`, () => `BYBIT_API_SECRET=${'x'.repeat(36)}`],
    },
  },
  {
    id: 'bitfinex-api-secret',
    title: 'Bitfinex API secret',
    provider: 'Bitfinex',
    severity: 'critical',
    precision: 'contextual',
    keywords: ['bitfinex'],
    expression: assigned([`bitfinex${near}secret`], '[A-Za-z0-9]{43}'),
    minEntropy: 4,
    source: 'https://docs.bitfinex.com/docs/rest-auth',
    rotation: rotation('https://setting.bitfinex.com/api'),
    examples: {
      matches: [(sample) => `BITFINEX_API_SECRET=${sample.alnum(43)}`, (sample) => `bitfinex_secret: '${sample.alnum(43)}'`],
      misses: [(sample) => `BITFINEX_API_KEY=${sample.alnum(43)}`, () => `BITFINEX_API_SECRET=${'x'.repeat(43)}`],
    },
  },
  {
    id: 'alpaca-api-secret',
    title: 'Alpaca API secret key',
    provider: 'Alpaca',
    severity: 'critical',
    precision: 'contextual',
    keywords: ['apca-api-secret-key', 'apca_api_secret_key', 'alpaca'],
    expression: assigned(['apca[_-]api[_-]secret[_-]key', `alpaca${near}secret`], '[A-Za-z0-9]{40,44}'),
    minEntropy: 4,
    source: 'https://docs.alpaca.markets/docs/getting-started-with-trading-api',
    rotation: rotation('https://app.alpaca.markets/'),
    examples: {
      matches: [(sample) => `APCA_API_SECRET_KEY=${sample.alnum(40)}`, (sample) => `-H "APCA-API-SECRET-KEY: ${sample.alnum(44)}"`],
      misses: [
        (sample) => `APCA_API_KEY_ID=PK${sample.upper(18)}`,
        () => `APCA_API_SECRET_KEY=${'x'.repeat(40)}`,
        () => 'ALPACA_SECRET=<secret>',
      ],
    },
  },
];
