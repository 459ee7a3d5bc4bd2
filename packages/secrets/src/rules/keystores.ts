import type { Rotation, Rule } from './rule.ts';
import type { Sampler } from './sampler.ts';

const rotation: Rotation = {
  url: 'https://docs.oracle.com/en/java/javase/21/docs/specs/man/keytool.html',
  steps: [
    'Take it that the keys in the file are known: their password can be guessed offline.',
    'Make new keys, replace their certificates, and have the old ones revoked.',
    'Keep key stores outside of the repository.',
  ],
};

/** Larger stores are searched only for what else they hold. */
const largestStore = 65_536;

export const rules: readonly Rule[] = [
  {
    id: 'java-keystore',
    title: 'Java key store with private keys',
    provider: 'Generic',
    severity: 'medium',
    precision: 'exact',
    keywords: ['\xfe\xed\xfe\xed\0\0\0\x02', '\xce\xce\xce\xce\0\0\0\x02'],
    expression: /(?:\xfe\xed\xfe\xed|\xce\xce\xce\xce)\0\0\0\x02\0\0[\s\S]{60,65500}/,
    reach: largestStore,
    maxOffset: 32,
    multiline: true,
    isValid: holdsKeyEntry,
    source: 'https://docs.oracle.com/en/java/javase/21/security/java-cryptography-architecture-jca-reference-guide.html',
    rotation,
    examples: {
      matches: [(sample) => javaKeyStore(sample, '\xfe\xed\xfe\xed', 1), (sample) => javaKeyStore(sample, '\xce\xce\xce\xce', 3)],
      misses: [(sample) => javaKeyStore(sample, '\xfe\xed\xfe\xed', 2), () => '\xfe\xed\xfe\xed\0\0\0\x02\0\0'],
    },
  },
  {
    id: 'pkcs12-keystore',
    title: 'PKCS #12 key store with private keys',
    provider: 'Generic',
    severity: 'medium',
    precision: 'exact',
    // Version 3 and the OID of the outer content: data (1.2.840.113549.1.7.1).
    keywords: ['\x02\x01\x03\x30'],
    expression:
      /\x30(?:\x82[\s\S]{2}|\x80|\x83[\s\S]{3})\x02\x01\x03\x30[\s\S]{0,6}\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x01[\s\S]{100,65500}/,
    lookBehind: 8,
    reach: largestStore,
    maxOffset: 32,
    multiline: true,
    // A shrouded key bag (1.2.840.113549.1.12.10.1.2), a key bag (….1), or safe contents that are encrypted as a whole.
    isValid: (store) => /\x2a\x86\x48\x86\xf7\x0d\x01\x0c\x0a\x01[\x01\x02]|\x2a\x86\x48\x86\xf7\x0d\x01\x07\x06/.test(store),
    source: 'https://www.rfc-editor.org/rfc/rfc7292',
    rotation,
    examples: {
      matches: [(sample) => pkcs12Store(sample, '0c0a0102'), (sample) => pkcs12Store(sample, '0706')],
      misses: [(sample) => pkcs12Store(sample, '0c0a0103'), () => '\x30\x82\x01\x01\x02\x01\x03\x30'],
    },
  },
];

const trustedCertificate = 2;

/** The first entry's tag follows magic, version and count: a store of certificates only is public. */
function holdsKeyEntry(store: string): boolean {
  const bytes = Buffer.from(store, 'latin1');
  const count = bytes.readUInt32BE(8);
  let at = 12;
  for (let entry = 0; entry < Math.min(count, 1000) && at + 6 < bytes.length; entry++) {
    const tag = bytes.readUInt32BE(at);
    if (tag !== trustedCertificate) return tag === 1 || tag === 3;
    at = skipCertificate(bytes, at + 4);
  }
  return false;
}

/** Alias and time, then the certificate's type and bytes. */
function skipCertificate(bytes: Buffer, from: number): number {
  let at = from + 2 + bytes.readUInt16BE(from) + 8;
  if (at + 2 > bytes.length) return bytes.length;
  at += 2 + bytes.readUInt16BE(at);
  return at + 4 > bytes.length ? bytes.length : at + 4 + bytes.readUInt32BE(at);
}

function javaKeyStore(sample: Sampler, magic: string, tag: number): string {
  const alias = '\0\x03abc\0\0\x01\x80\0\0\0\0';
  const content = tag === trustedCertificate ? '\0\x05X.509\0\0\x01\0' : '\0\0\x01\0';
  return `${magic}\0\0\0\x02\0\0\0\x01\0\0\0${String.fromCharCode(tag)}${alias}${content}${sample.alnum(256)}`;
}

function pkcs12Store(sample: Sampler, bag: string): string {
  const oid = (end: string): Buffer => Buffer.from(`2a864886f70d01${end}`, 'hex');
  const body = Buffer.concat([
    Buffer.from('0201033082030606 09'.replace(' ', ''), 'hex'),
    oid('0701'),
    Buffer.from(sample.alnum(80)),
    oid(bag),
    Buffer.from(sample.alnum(200)),
  ]);
  return Buffer.concat([Buffer.from([0x30, 0x82, body.length >> 8, body.length & 0xff]), body]).toString('latin1');
}
