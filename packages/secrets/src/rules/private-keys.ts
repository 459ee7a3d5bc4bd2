import type { LocatedSecret, Rotation, Rule } from './rule.ts';
import type { Sampler } from './sampler.ts';

const source = 'https://www.rfc-editor.org/rfc/rfc7468';

const rotation: Rotation = {
  url: 'https://docs.github.com/en/authentication/troubleshooting-ssh/deleted-or-missing-ssh-keys',
  steps: [
    'Find out what trusts the key: certificates, authorized_keys files, deploy keys, signing setups.',
    'Make a new key pair, install its public part there, and remove the old one; have certificates of the old key revoked.',
    'Keep the new key outside of the repository.',
  ],
};

/** Everything up to the closing line; a run of dashes ends it, so that text without one costs a single pass. */
const body = '(?:(?!-----)[\\s\\S]){40,15000}?';
const label = '(?:(?:RSA|DSA|EC|OPENSSH|ANY|SSH2|ENCRYPTED) ){0,2}PRIVATE KEY|PGP PRIVATE KEY BLOCK';
const pem = new RegExp(`-----BEGIN (?<label>${label})-----${body}-----END (?:${label})-----`);

const longestBlock = 16_384;

export const rules: readonly Rule[] = [
  {
    id: 'private-key',
    title: 'Private key',
    provider: 'Generic',
    severity: 'critical',
    precision: 'exact',
    keywords: ['-----BEGIN '],
    expression: pem,
    reach: longestBlock,
    multiline: true,
    isValid: (block) => describeKey(block) === 'plain',
    source,
    rotation,
    examples: {
      matches: [
        (sample) => pemBlock('RSA PRIVATE KEY', derKey(sample), '\n'),
        (sample) => `key: |\n${pemBlock('PRIVATE KEY', derKey(sample), '\n').replace(/^/gm, '  ')}`,
        (sample) => `{"private_key": "${pemBlock('PRIVATE KEY', derKey(sample), '\\n')}\\n"}`,
        (sample) => pemBlock('OPENSSH PRIVATE KEY', openSshKey(sample, 'none'), '\n'),
        (sample) => pemBlock('PGP PRIVATE KEY BLOCK', pgpKey(sample), '\n'),
        (sample) => `"${pemBlock('EC PRIVATE KEY', derKey(sample), '\\n" +\n  "')}"`,
      ],
      misses: [
        (sample) => pemBlock('PUBLIC KEY', derKey(sample), '\n'),
        (sample) => pemBlock('CERTIFICATE', derKey(sample), '\n'),
        (sample) => pemBlock('ENCRYPTED PRIVATE KEY', derKey(sample), '\n'),
        () => pemBlock('RSA PRIVATE KEY', Buffer.alloc(600, 'not a key at all '), '\n'),
        () => '-----BEGIN RSA PRIVATE KEY-----\n...\n-----END RSA PRIVATE KEY-----',
      ],
    },
  },
  {
    id: 'private-key-encrypted',
    title: 'Private key under a passphrase',
    provider: 'Generic',
    severity: 'medium',
    precision: 'exact',
    keywords: ['-----BEGIN '],
    expression: pem,
    reach: longestBlock,
    multiline: true,
    isValid: (block) => describeKey(block) === 'encrypted',
    source,
    rotation,
    examples: {
      matches: [
        (sample) => pemBlock('ENCRYPTED PRIVATE KEY', derKey(sample), '\n'),
        (sample) =>
          pemBlock('RSA PRIVATE KEY', Buffer.from(sample.hex(600), 'hex'), '\n').replace(
            '-----\n',
            `-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,${sample.hex(32)}\n\n`,
          ),
        (sample) => pemBlock('OPENSSH PRIVATE KEY', openSshKey(sample, 'bcrypt'), '\n'),
      ],
      misses: [
        (sample) => pemBlock('RSA PRIVATE KEY', derKey(sample), '\n'),
        (sample) => pemBlock('ENCRYPTED PRIVATE KEY', Buffer.from(sample.hex(600), 'hex').fill(7, 0, 1), '\n'),
      ],
    },
  },
  {
    id: 'private-key-unproven',
    title: 'Private key that is cut off, altered or made up',
    provider: 'Generic',
    severity: 'medium',
    precision: 'contextual',
    keywords: ['-----BEGIN '],
    expression: pem,
    reach: longestBlock,
    multiline: true,
    isValid: (block) => describeKey(block) === undefined && holdsRandomLine(block),
    source,
    rotation,
    examples: {
      matches: [
        (sample) => pemBlock('RSA PRIVATE KEY', derKey(sample).subarray(0, 300), '\n'),
        (sample) => pemBlock('PRIVATE KEY', Buffer.from(sample.hex(400), 'hex').fill(0x30, 0, 1), '\n'),
      ],
      misses: [
        (sample) => pemBlock('RSA PRIVATE KEY', derKey(sample), '\n'),
        () => pemBlock('RSA PRIVATE KEY', Buffer.alloc(600, 'not a key at all '), '\n'),
        () => '-----BEGIN RSA PRIVATE KEY-----\nyour private key goes here, all the lines of it\n-----END RSA PRIVATE KEY-----',
        () => `-----BEGIN RSA PRIVATE KEY-----\n${'MIIEpAIBAAKCAQEA'.padEnd(64, 'x')}\n...\n-----END RSA PRIVATE KEY-----`,
      ],
    },
  },
  {
    id: 'private-key-bare',
    title: 'Private key without its BEGIN and END lines',
    provider: 'Generic',
    severity: 'critical',
    precision: 'exact',
    // The version and the algorithm, or the length of the modulus, behind the outermost length.
    keywords: ['IBADANBgkqhki', 'IBAAKCA', 'IBAAKBg', 'IBAAJBA', 'MHcCAQEEI', 'MIGHAgEAMBMGByqGSM49'],
    expression:
      /(?<![A-Za-z0-9+/])(?<secret>(?:MII[A-Za-z0-9+/]{2}[AQgw]IBA[AD]|MHcCAQEEI|MIGHAgEAMBMGByqGSM49)(?:[A-Za-z0-9+/]|(?:\\[nr]|["']?\s{0,4}[+\\]?)\s{0,24}["']?(?=[A-Za-z0-9+/]{16})){90,5000}={0,2})/,
    lookBehind: 6,
    reach: 9000,
    multiline: true,
    isValid: (secret) => isDerSequence(Buffer.from(secret.replaceAll(/\\[nr]|[^A-Za-z0-9+/]/g, ''), 'base64')),
    source: 'https://www.rfc-editor.org/rfc/rfc8017#appendix-A.1.2',
    rotation,
    examples: {
      matches: [
        (sample) => `PRIVATE_KEY=${derKey(sample).toString('base64')}`,
        (sample) => `<key>\n${derKey(sample).toString('base64').replaceAll(/.{64}/g, '  $&\n')}\n</key>`,
        (sample) => `"${derKey(sample).toString('base64').replaceAll(/.{64}/g, '$&\\n')}"`,
      ],
      misses: [
        (sample) => `MIIDdzCCAl+gAwIBAAKCAQEA${sample.base64(900)}`,
        (sample) => Buffer.concat([Buffer.from('3082010a0282010100', 'hex'), Buffer.from(sample.hex(522), 'hex')]).toString('base64'),
      ],
    },
  },
  {
    id: 'private-key-putty',
    title: 'PuTTY private key',
    provider: 'Generic',
    severity: 'critical',
    precision: 'exact',
    keywords: ['PuTTY-User-Key-File-'],
    expression:
      /PuTTY-User-Key-File-[23]: [\w.@-]{3,40}\s{1,2}Encryption: [\w-]{4,16}\s{1,2}[\s\S]{1,9000}?Private-Lines: \d{1,3}\s{1,2}(?:[A-Za-z0-9+/=]{1,80}\s{1,2}){1,100}Private-MAC: [0-9a-f]{40,64}/,
    reach: longestBlock,
    multiline: true,
    source: 'https://tartarus.org/~simon/putty-snapshots/htmldoc/AppendixC.html',
    rotation,
    examples: {
      matches: [(sample) => puttyKey(sample, 'none', '\r\n'), (sample) => puttyKey(sample, 'aes256-cbc', '\n')],
      misses: [
        () => 'PuTTY-User-Key-File-2: ssh-rsa\nEncryption: none\nComment: x\nPublic-Lines: 6\n',
        (sample) => puttyKey(sample, 'none', '\n').replace('Private-MAC', 'Public-MAC'),
      ],
    },
  },
  {
    id: 'private-key-jwk',
    title: 'JSON Web Key with its private part',
    provider: 'Generic',
    severity: 'critical',
    precision: 'exact',
    keywords: ['"kty"'],
    expression:
      /"kty"\s{0,4}:\s{0,4}"(?:RSA|EC|OKP|oct)"[^{}]{0,3000}?"[dk]"\s{0,4}:\s{0,4}"(?<secret>[\w-]{22,700})"|"[dk]"\s{0,4}:\s{0,4}"(?<secret>[\w-]{22,700})"[^{}]{0,1500}?"kty"\s{0,4}:\s{0,4}"(?:RSA|EC|OKP|oct)"/,
    lookBehind: 2300,
    reach: 4096,
    multiline: true,
    minEntropy: 3.7,
    source: 'https://www.rfc-editor.org/rfc/rfc7518#section-6',
    rotation,
    examples: {
      matches: [
        (sample) => `{"kty":"EC","crv":"P-256","x":"${sample.base64url(43)}","y":"${sample.base64url(43)}","d":"${sample.base64url(43)}"}`,
        (sample) => `{\n  "d": "${sample.base64url(342)}",\n  "n": "${sample.base64url(342)}",\n  "kty": "RSA"\n}`,
      ],
      misses: [
        (sample) => `{"kty":"EC","crv":"P-256","x":"${sample.base64url(43)}","y":"${sample.base64url(43)}"}`,
        (sample) => `[{"kty":"EC","x":"${sample.base64url(43)}"},{"d":"${sample.base64url(43)}"}]`,
      ],
    },
  },
  {
    id: 'private-key-jwk-in-code',
    title: 'JSON Web Key with its private part, in code',
    provider: 'Generic',
    severity: 'critical',
    precision: 'exact',
    keywords: ["'kty': '", 'kty: "', "kty: '"],
    expression: /(?:'kty'|kty): ["'](?:RSA|EC|OKP|oct)["']/,
    locate: locateInObject,
    lookBehind: 2300,
    reach: 4096,
    multiline: true,
    minEntropy: 3.7,
    source: 'https://www.rfc-editor.org/rfc/rfc7518#section-6',
    rotation,
    examples: {
      matches: [
        (sample) => `const jwk = { kty: 'EC', crv: 'P-256', x: '${sample.base64url(43)}', d: '${sample.base64url(43)}' };`,
        (sample) => `{'d': '${sample.base64url(43)}', 'crv': 'Ed25519', 'kty': 'OKP'}`,
      ],
      misses: [
        (sample) => `{ kty: 'EC', crv: 'P-256', x: '${sample.base64url(43)}' }`,
        (sample) => `[{ kty: 'EC', x: '${sample.base64url(43)}' }, { d: '${sample.base64url(43)}' }]`,
      ],
    },
  },
];

/** The private part in the object around the keyword. */
function locateInObject(window: string, keywordAt: number): LocatedSecret[] {
  const start = window.lastIndexOf('{', keywordAt) + 1;
  const end = window.indexOf('}', keywordAt);
  const found = /(?<![\w$.])["']?[dk]["']?\s{0,4}:\s{0,4}["'](?<secret>[\w-]{22,700})["']/d.exec(
    window.slice(start, end === -1 ? undefined : end),
  );
  const [from, to] = found?.indices?.groups?.['secret'] ?? [];
  return from === undefined || to === undefined ? [] : [{ start: start + from, end: start + to }];
}

/** What a PEM block holds, by its headers and the first bytes of its body; `undefined` for what is no key. */
function describeKey(block: string): 'plain' | 'encrypted' | undefined {
  const isPgp = block.startsWith('-----BEGIN PGP');
  const bytes = decodeBody(block);
  if (bytes.length < 32) return undefined;
  if (/Proc-Type: ?4, ?ENCRYPTED/.test(block)) return 'encrypted';
  // OpenPGP, RFC 9580: a packet header with tag 5 (secret key), in the old or the new format.
  if (isPgp) return bytes[0]! >> 2 === 0x25 || bytes[0] === 0xc5 ? 'plain' : undefined;
  if (bytes.subarray(0, 15).equals(openSshMagic)) {
    // PROTOCOL.key of OpenSSH: the cipher's name follows with its length.
    return bytes.toString('latin1', 19, 23) === 'none' ? 'plain' : 'encrypted';
  }
  if (!isDerSequence(bytes)) return undefined;
  return block.startsWith('-----BEGIN ENCRYPTED') ? 'encrypted' : 'plain';
}

/** A run of base64 as long as a line is, with what random bytes make of it, and no marks of something left out. */
function holdsRandomLine(block: string): boolean {
  if (/\.{3}|\*{3}|\xe2\x80\xa6|<[a-z]/i.test(block)) return false;
  const body = block.replaceAll(/-----[A-Z0-9 ]+-----/g, '').replaceAll(/(?<!\\)\\+[nrt]/g, '\n');
  return (body.match(/[A-Za-z0-9+/]{40,}/g) ?? []).some((run) => {
    const part = run.slice(0, 64);
    return (
      /\d/.test(part) &&
      /[a-z]/.test(part) &&
      /[A-Z]/.test(part) &&
      new Set(part).size > part.length / 3 &&
      !isText(Buffer.from(part, 'base64'))
    );
  });
}

function isText(bytes: Buffer): boolean {
  return bytes.every((byte) => byte >= 0x20 && byte < 0x7f);
}

const openSshMagic = Buffer.from('openssh-key-v1\0', 'latin1');

/** A SEQUENCE whose length agrees with what is there, within what line prefixes may add or a careless copy lose. */
function isDerSequence(bytes: Buffer): boolean {
  if (bytes[0] !== 0x30) return false;
  const first = bytes[1]!;
  const lengthBytes = first < 0x80 ? 0 : first & 0x7f;
  if (lengthBytes > 2) return false;
  const length = 2 + lengthBytes + (lengthBytes === 0 ? first : bytes.readUIntBE(2, lengthBytes));
  return bytes.length >= length * 0.9 && bytes.length <= length * 1.2 + 16;
}

/** The body's bytes, without headers and without what quotes, indents or prefixes its lines. */
function decodeBody(block: string): Buffer {
  const lines = block
    .replaceAll(/(?<!\\)\\+[nrt]/g, '\n')
    .replaceAll('\\/', '/')
    .split(/[\r\n]+/)
    .slice(1, -1)
    .join('\n');
  const text = lines === '' ? block.replaceAll(/-----[A-Z0-9 ]+-----/g, '') : lines;
  const parts: string[] = [];
  for (const line of text.split('\n')) {
    if (/^\W*[A-Z][A-Za-z-]{2,20}: /.test(line)) continue;
    const runs = line.match(/[A-Za-z0-9+/]+={0,2}/g) ?? [];
    parts.push(...runs.filter((run) => run.length >= (runs.length > 1 ? 16 : 4) || run.endsWith('=')));
  }
  return Buffer.from(parts.filter((part) => !(isPgpChecksum(part) && parts.length > 1)).join(''), 'base64');
}

function isPgpChecksum(part: string): boolean {
  return part.length === 4 && !part.endsWith('=');
}

function pemBlock(name: string, bytes: Buffer, separator: string): string {
  const lines = bytes.toString('base64').match(/.{1,64}/g)!;
  return [`-----BEGIN ${name}-----`, ...lines, `-----END ${name}-----`].join(separator);
}

function derKey(sample: Sampler): Buffer {
  return Buffer.concat([Buffer.from('308204a40201000282010100', 'hex'), Buffer.from(sample.hex(2352), 'hex')]);
}

function openSshKey(sample: Sampler, kdf: 'none' | 'bcrypt'): Buffer {
  const text = (value: string): Buffer => Buffer.concat([Buffer.from([0, 0, 0, value.length]), Buffer.from(value)]);
  return Buffer.concat([openSshMagic, text(kdf === 'none' ? 'none' : 'aes256-ctr'), text(kdf), Buffer.from(sample.hex(600), 'hex')]);
}

function pgpKey(sample: Sampler): Buffer {
  return Buffer.concat([Buffer.from([0x95, 0x03, 0x98, 0x04]), Buffer.from(sample.hex(1800), 'hex')]);
}

function puttyKey(sample: Sampler, encryption: string, separator: string): string {
  return [
    'PuTTY-User-Key-File-2: ssh-rsa',
    `Encryption: ${encryption}`,
    'Comment: imported-key',
    'Public-Lines: 2',
    sample.base64(64),
    sample.base64(40),
    'Private-Lines: 3',
    sample.base64(64),
    sample.base64(64),
    sample.base64(20),
    `Private-MAC: ${sample.hex(40)}`,
  ].join(separator);
}
