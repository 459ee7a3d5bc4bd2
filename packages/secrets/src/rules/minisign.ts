import { token } from './forms.ts';
import type { Rule } from './rule.ts';
import type { Sampler } from './sampler.ts';

// Base64 of what a secret key file begins with: `Ed`, the key derivation (`Sc` for scrypt, zero bytes for none) and `B2`.
const header = Buffer.from('EdScB2').toString('base64');
const plainHeader = Buffer.from('Ed\0\0B2').toString('base64');
const keyBytes = 158;

export const rules: readonly Rule[] = [
  {
    id: 'minisign-secret-key',
    title: 'minisign secret key',
    provider: 'minisign',
    severity: 'high',
    precision: 'exact',
    keywords: [header, plainHeader],
    expression: token(`(?:${header}|${plainHeader})[A-Za-z0-9+/]{203}=`),
    isValid: (secret) => Buffer.from(secret, 'base64').length === keyBytes,
    source: 'https://jedisct1.github.io/minisign/',
    rotation: {
      url: 'https://jedisct1.github.io/minisign/',
      steps: [
        'Create a new key pair with `minisign -G` and sign your releases with it.',
        'Publish the new public key by a channel that your users trust, and have clients drop the old one.',
        'A password guards the file only as well as it resists guessing: treat the key as lost.',
      ],
    },
    examples: {
      matches: [(sample) => secretKey('EdScB2', sample), (sample) => `MINISIGN_KEY="${secretKey('Ed\0\0B2', sample)}"`],
      misses: [(sample) => `RWQ${sample.base64(53)}`, (sample) => secretKey('EdScB2', sample).slice(0, 100)],
    },
  },
];

function secretKey(start: string, sample: Sampler): string {
  return Buffer.concat([Buffer.from(start), Buffer.from(sample.hex((keyBytes - start.length) * 2), 'hex')]).toString('base64');
}
