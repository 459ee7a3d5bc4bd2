import { token } from './forms.ts';
import type { Rule } from './rule.ts';
import type { Sampler } from './sampler.ts';

const base32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** The first part of a bot's token is its numeric id in base64: these are its first three digits. */
const encodedNumbers = Array.from({ length: 900 }, (_, i) => Buffer.from(String(100 + i)).toString('base64'));

/** `S`, whose seed it is (user, account, operator, server, cluster), and the first bits of the key. */
const seedBeginnings = Array.from('UAONC').flatMap((role) => Array.from(base32.slice(0, 16), (bits) => `S${role}A${bits}`));

const hexKeyBeginnings = [...'0123456789abcdef'].map((digit) => `sk-${digit}`);

/** Tokens without a fixed beginning: all the beginnings that there are serve as keywords. */
export const rules: readonly Rule[] = [
  {
    id: 'discord-bot-token-alone',
    title: 'Discord bot token',
    provider: 'Discord',
    severity: 'high',
    precision: 'exact',
    keywords: encodedNumbers,
    plainKeywords: encodedNumbers,
    expression: token('[MNO][A-Za-z0-9]{22,27}\\.[A-Za-z0-9_\\-]{6}\\.[A-Za-z0-9_\\-]{27,38}'),
    isValid: (secret) => /^[0-9]{17,20}$/.test(Buffer.from(secret.slice(0, secret.indexOf('.')), 'base64').toString('latin1')),
    source: 'https://discord.com/developers/docs/reference#authentication',
    rotation: {
      url: 'https://discord.com/developers/applications',
      steps: [
        'Reset the token on the page "Bot" of the application.',
        'Check the servers the bot is in for messages, roles and webhooks that it should not have made.',
      ],
    },
    examples: {
      matches: [(sample) => `"${botToken(sample, '1')}"`, (sample) => `x ${botToken(sample, '9')} y`],
      misses: [(sample) => `M${sample.alnum(23)}.${sample.alnum(6)}.${sample.alnum(27)}`, (sample) => `a${botToken(sample, '1')}`],
    },
  },
  {
    id: 'nats-nkey-seed',
    title: 'NATS NKEY seed',
    provider: 'NATS',
    severity: 'high',
    precision: 'exact',
    keywords: seedBeginnings,
    plainKeywords: seedBeginnings,
    expression: token('S[UAONC]A[A-P][A-Z2-7]{54}'),
    isValid: hasNkeyChecksum,
    source: 'https://docs.nats.io/running-a-nats-service/configuration/securing_nats/auth_intro/nkey_auth',
    rotation: {
      url: 'https://docs.nats.io/using-nats/nats-tools/nk',
      steps: [
        'Remove the public key of this seed from the configuration of the servers, or revoke the account or user.',
        'Make a new pair (`nk -gen user`), and keep its seed in a file outside of the repository.',
      ],
    },
    examples: {
      matches: [(sample) => `seed = "${nkeySeed(sample, 20)}"`, (sample) => `# ${nkeySeed(sample, 0)}`],
      misses: [(sample) => `SUAA${sample.from(base32, 54)}`, (sample) => nkeySeed(sample, 20).slice(1), () => 'SUAVE and SOAP are words'],
    },
  },
  {
    id: 'key-behind-sk',
    title: 'API key of a language model (`sk-` and 32 hexadecimal digits)',
    provider: 'Generic',
    severity: 'medium',
    precision: 'contextual',
    keywords: hexKeyBeginnings,
    plainKeywords: hexKeyBeginnings,
    expression: token('sk-[0-9a-f]{32}'),
    minEntropy: 3.2,
    source: 'https://api-docs.deepseek.com/',
    rotation: {
      url: 'https://platform.deepseek.com/api_keys',
      steps: ['Find out whose key it is: DeepSeek and others give keys of this form.', 'Delete it there and look at the usage.'],
    },
    examples: {
      matches: [(sample) => `sk-${sample.hex(32)}`, (sample) => `\x1b[93msk-${sample.hex(32)}\x1b[0m`],
      misses: [(sample) => `sk-${sample.hex(31)}`, (sample) => `task-${sample.hex(32)}`],
    },
  },
  {
    id: 'key-behind-key',
    title: 'API key of Mailgun (`key-` and 32 hexadecimal digits)',
    provider: 'Mailgun',
    severity: 'high',
    precision: 'contextual',
    keywords: ['key-'],
    plainKeywords: ['key-'],
    expression: token('key-[0-9a-f]{32}'),
    minEntropy: 3.2,
    source: 'https://documentation.mailgun.com/docs/mailgun/user-manual/api-key-mgmt/api-keys',
    rotation: {
      url: 'https://help.mailgun.com/hc/en-us/articles/203380100',
      steps: ['Make a new key in the control panel, then delete this one.', 'Look in the logs for mail you did not send.'],
    },
    examples: {
      matches: [(sample) => `key-${sample.hex(32)}`, (sample) => `api:key-${sample.hex(32)}@`],
      misses: [(sample) => `key-${sample.hex(31)}`, (sample) => `apikey-${sample.hex(32)}`],
    },
  },
];

/** The last two bytes are the CRC-16 (XMODEM) of all before them, low byte first. */
function hasNkeyChecksum(seed: string): boolean {
  const bytes = decodeBase32(seed);
  return bytes.readUInt16LE(bytes.length - 2) === crc16(bytes.subarray(0, -2));
}

/** RFC 4648, without padding. */
function decodeBase32(text: string): Buffer {
  const bytes: number[] = [];
  let bits = 0;
  let count = 0;
  for (const character of text) {
    bits = ((bits << 5) | base32.indexOf(character)) & 0xfff;
    count += 5;
    if (count >= 8) bytes.push((bits >> (count -= 8)) & 0xff);
  }
  return Buffer.from(bytes);
}

/** Polynomial 0x1021, initially 0. */
function crc16(bytes: Buffer): number {
  let crc = 0;
  for (const byte of bytes) {
    crc ^= byte << 8;
    for (let bit = 0; bit < 8; bit++) crc = ((crc << 1) ^ (crc & 0x8000 ? 0x1021 : 0)) & 0xffff;
  }
  return crc;
}

function botToken(sample: Sampler, firstDigit: string): string {
  const id = Buffer.from(`${firstDigit}${sample.digits(17)}`)
    .toString('base64')
    .replaceAll('=', '');
  return `${id}.${sample.alnum(6)}.${sample.base64url(37)}x`;
}

/** `role` is the number that the roles have: 20 << 3 for users, 0 for accounts. */
function nkeySeed(sample: Sampler, role: number): string {
  const prefix = Buffer.from([(18 << 3) | (role >> 2), (role << 6) & 0xff]);
  const body = Buffer.concat([prefix, Buffer.from(sample.hex(64), 'hex')]);
  const checksum = Buffer.alloc(2);
  checksum.writeUInt16LE(crc16(body));
  return encodeBase32(Buffer.concat([body, checksum]));
}

function encodeBase32(bytes: Buffer): string {
  const bits = [...bytes].map((byte) => byte.toString(2).padStart(8, '0')).join('');
  return bits.replaceAll(/.{1,5}/g, (group) => base32[Number.parseInt(group.padEnd(5, '0'), 2)]!);
}
