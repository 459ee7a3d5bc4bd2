import { createPrivateKey, createPublicKey } from 'node:crypto';
import { decodeBase58, decodeBase58Check, encodeBase58, encodeBase58Check } from './base58.ts';
import { encodeBech32, hasBech32Checksum } from './bech32.ts';
import { assigned, token } from './forms.ts';
import type { Rule } from './rule.ts';
import type { Sampler } from './sampler.ts';

const base58 = '[1-9A-HJ-NP-Za-km-z]';
const bech32 = 'qpzry9x8gf2tvdw0s3jn54khce6mua7l';

const moveFunds = (url: string): Rule['rotation'] => ({
  url,
  steps: [
    'A key cannot be changed: create a new wallet and move all funds, tokens and positions to it now.',
    'Hand over ownership, admin roles and approvals of contracts that the address holds.',
    'Treat addresses derived from the key as lost; watch them for transfers that are not yours.',
  ],
});

// Accounts 0 to 9 of Hardhat, Anvil and of Ganache's deterministic mode: published, without value.
const developmentKeys =
  /^(?:0x)?(?:ac0974be|59c6995e|5de4111a|7c852118|47e179ec|8b3a350c|92db14e4|4bbbf85c|dbda1821|2a871d07|4f3edf98|6cbed15c|6370fd03|646f1ce2|add53f9a|395df67f|e485d098|a453611d|829e924f|b0057716)/i;

export const rules: readonly Rule[] = [
  {
    id: 'ethereum-private-key',
    title: 'Ethereum private key',
    provider: 'Ethereum',
    severity: 'critical',
    precision: 'contextual',
    keywords: ['private_key', 'privatekey', 'private-key', 'priv_key', 'deployer_key', 'accounts: [', 'accounts:[', 'accounts": ['],
    expression: assigned(
      [
        '(?:private[_-]?key|priv_key|deployer_key)(?![\\w.\\-]{0,24}(?:hash|finger|sha|digest))',
        'accounts(?=["\']?:[ \\t]{0,4}\\[["\']0x)',
      ],
      '(?:0x)?[0-9a-fA-F]{64}',
    ),
    minEntropy: 3.2,
    isValid: isSecp256k1Key,
    notSecrets: [developmentKeys],
    source: 'https://ethereum.org/en/developers/docs/accounts/',
    rotation: moveFunds(
      'https://support.metamask.io/stay-safe/protect-yourself/wallet-and-hardware/my-wallet-has-been-hacked-what-should-i-do/',
    ),
    examples: {
      matches: [
        (sample) => `PRIVATE_KEY=0x${sample.hex(64)}`,
        (sample) => `DEPLOYER_PRIVATE_KEY=${sample.hex(64)}`,
        (sample) => `accounts: ["0x${sample.hex(64)}"],`,
      ],
      misses: [
        (sample) => `PRIVATE_KEY=0x${sample.hex(40)}`,
        (sample) => `private_key_hash=${sample.hex(64)}`,
        () => `PRIVATE_KEY=0x${'f'.repeat(32)}${'e'.repeat(32)}`,
        (sample) => `PRIVATE_KEY=0x${'ac0974be'}${sample.hex(56)}`,
        () => 'accounts: [process.env.PRIVATE_KEY],',
      ],
    },
  },
  {
    id: 'bitcoin-private-key',
    title: 'Bitcoin private key (wallet import format)',
    provider: 'Bitcoin',
    severity: 'critical',
    precision: 'contextual',
    keywords: ['private_key', 'private-key', 'private key', 'privatekey', 'privkey', 'bitcoin', 'btc_', 'wif_', 'wif=', 'wif:', 'wif"'],
    expression: new RegExp(
      `(?:private[_ -]?key|privkey|bitcoin|btc_|wif[_=:"])[^\\r\\n]{0,64}?(?<![A-Za-z0-9_])(?<secret>(?:5[HJK]${base58}{49}|[KL]${base58}{51}))(?![A-Za-z0-9_])`,
      'i',
    ),
    isValid: isWalletImportFormat,
    source: 'https://en.bitcoin.it/wiki/Wallet_import_format',
    rotation: moveFunds('https://en.bitcoin.it/wiki/Securing_your_wallet'),
    examples: {
      matches: [
        (sample) => `BTC_PRIVATE_KEY=${walletImportFormat(sample, true)}`,
        (sample) => `bitcoin-cli importprivkey "${walletImportFormat(sample, false)}"`,
      ],
      misses: [
        (sample) => `BTC_PRIVATE_KEY=${walletImportFormat(sample, true).slice(0, -2)}zz`,
        (sample) => `btc_address: ${encodeBase58Check(Buffer.from(`00${sample.hex(40)}`, 'hex'))}`,
      ],
    },
  },
  {
    id: 'bitcoin-extended-private-key',
    title: 'Bitcoin extended private key (BIP 32)',
    provider: 'Bitcoin',
    severity: 'critical',
    precision: 'exact',
    keywords: ['xprv', 'yprv', 'zprv'],
    expression: token(`[xyz]prv${base58}{107}`),
    isValid: isExtendedPrivateKey,
    source: 'https://github.com/bitcoin/bips/blob/master/bip-0032.mediawiki',
    rotation: moveFunds('https://en.bitcoin.it/wiki/Securing_your_wallet'),
    examples: {
      matches: [(sample) => `MASTER_KEY=${extendedPrivateKey(sample)}`, (sample) => `{"xprv": "${extendedPrivateKey(sample)}"}`],
      misses: [(sample) => `MASTER_KEY=xprv${sample.alnum(40)}`, (sample) => `${extendedPrivateKey(sample).slice(0, -3)}111`],
    },
  },
  {
    id: 'solana-private-key',
    title: 'Solana private key',
    provider: 'Solana',
    severity: 'critical',
    precision: 'contextual',
    keywords: ['private_key', 'private-key', 'private key', 'privatekey', 'secret_key', 'secretkey', 'solana', 'phantom'],
    expression: new RegExp(
      `(?:private[_ -]?key|secret_?key|solana|phantom)[^\\r\\n]{0,64}?(?<![A-Za-z0-9_])(?<secret>${base58}{85,88})(?![A-Za-z0-9_])`,
      'i',
    ),
    isValid: isEd25519KeyPair,
    source: 'https://solana.com/docs/core/accounts',
    rotation: moveFunds('https://help.phantom.com/hc/en-us/articles/8071128994451'),
    examples: {
      matches: [
        (sample) => `SOLANA_PRIVATE_KEY=${ed25519KeyPair(sample)}`,
        (sample) => `secretKey: bs58.decode("${ed25519KeyPair(sample)}")`,
      ],
      misses: [
        (sample) => `SOLANA_PRIVATE_KEY=${sample.from('123456789ABCDEFGHJKLMNPQRSTUVWXYZ', 88)}`,
        () => `SOLANA_PRIVATE_KEY=${'x'.repeat(88)}`,
      ],
    },
  },
  {
    id: 'nostr-secret-key',
    title: 'Nostr secret key',
    provider: 'Nostr',
    severity: 'high',
    precision: 'exact',
    keywords: ['nsec1'],
    expression: token(`nsec1[${bech32}]{58}`),
    isValid: hasBech32Checksum,
    source: 'https://github.com/nostr-protocol/nips/blob/master/19.md',
    rotation: {
      url: 'https://nostr.com/get-started',
      steps: [
        'A Nostr key cannot be revoked: announce a new identity from the old one, and move followers and relays to it.',
        'Move funds of connected lightning wallets.',
      ],
    },
    examples: {
      matches: [(sample) => `NOSTR_KEY=${bech32Key('nsec', sample)}`, (sample) => `nak event --sec ${bech32Key('nsec', sample)}`],
      misses: [(sample) => `NOSTR_KEY=nsec1${sample.from(bech32, 58)}`, () => 'NOSTR_KEY=nsec1...'],
    },
  },
];

/** A number from 1 to the order of the curve less 1: https://www.secg.org/sec2-v2.pdf §2.4.1 */
function isSecp256k1Key(secret: string): boolean {
  const key = BigInt(`0x${secret.replace(/^0x/i, '')}`);
  return key > 0n && key < 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;
}

/** Version byte 0x80 and 32 bytes, with a further 0x01 for compressed public keys. */
function isWalletImportFormat(secret: string): boolean {
  const payload = decodeBase58Check(secret);
  return payload?.[0] === 0x80 && (payload.length === 33 || (payload.length === 34 && payload[33] === 1));
}

/** 78 bytes; the key is the last 33 and begins with zero. */
function isExtendedPrivateKey(secret: string): boolean {
  const payload = decodeBase58Check(secret);
  return payload?.length === 78 && payload[45] === 0;
}

/** 32 bytes of seed and the 32 bytes of the public key that belongs to it. */
function isEd25519KeyPair(secret: string): boolean {
  const bytes = decodeBase58(secret);
  return bytes?.length === 64 && publicKeyOf(bytes.subarray(0, 32)).equals(bytes.subarray(32));
}

function publicKeyOf(seed: Buffer): Buffer {
  // RFC 8410: what stands before the seed in PKCS #8; the public key is the end of its SPKI.
  const pkcs8 = Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), seed]);
  return createPublicKey(createPrivateKey({ key: pkcs8, format: 'der', type: 'pkcs8' }))
    .export({ format: 'der', type: 'spki' })
    .subarray(-32);
}

function walletImportFormat(sample: Sampler, isCompressed: boolean): string {
  return encodeBase58Check(Buffer.from(`80${sample.hex(64)}${isCompressed ? '01' : ''}`, 'hex'));
}

function extendedPrivateKey(sample: Sampler): string {
  return encodeBase58Check(Buffer.from(`0488ade4000000000000000000${sample.hex(64)}00${sample.hex(64)}`, 'hex'));
}

function ed25519KeyPair(sample: Sampler): string {
  const seed = Buffer.from(sample.hex(64), 'hex');
  return encodeBase58(Buffer.concat([seed, publicKeyOf(seed)]));
}

function bech32Key(prefix: string, sample: Sampler): string {
  return encodeBech32(
    prefix,
    [...sample.from(bech32, 52)].map((character) => bech32.indexOf(character)),
  );
}
