import { assigned } from './forms.ts';
import type { Rule } from './rule.ts';

// 32 bytes.
const key = '[A-Za-z0-9+/]{43}=';

export const rules: readonly Rule[] = [
  {
    id: 'wireguard-private-key',
    title: 'WireGuard private key',
    provider: 'WireGuard',
    severity: 'critical',
    precision: 'contextual',
    keywords: ['privatekey', 'private_key', 'private-key'],
    expression: assigned(['private[_-]?key'], key),
    minEntropy: 4,
    source: 'https://www.wireguard.com/quickstart/',
    rotation: {
      url: 'https://www.wireguard.com/quickstart/',
      steps: [
        'Create a new key pair with `wg genkey | tee privatekey | wg pubkey`.',
        'Replace the public key of this peer on every other peer, and remove the old one there: only that locks the old key out.',
        'Check handshakes and endpoints (`wg show`) for addresses that are not yours.',
      ],
    },
    examples: {
      matches: [(sample) => `PrivateKey = ${sample.base64(42)}E=`, (sample) => `wireguard_private_key: "${sample.base64(42)}A="`],
      misses: [
        (sample) => `PublicKey = ${sample.base64(42)}E=`,
        () => 'PrivateKey = <server private key>',
        () => `PrivateKey = ${'x'.repeat(42)}E=`,
      ],
    },
  },
  {
    id: 'wireguard-preshared-key',
    title: 'WireGuard preshared key',
    provider: 'WireGuard',
    severity: 'medium',
    precision: 'contextual',
    keywords: ['presharedkey', 'preshared_key', 'preshared-key'],
    expression: assigned(['preshared[_-]?key'], key),
    minEntropy: 4,
    source: 'https://www.wireguard.com/protocol/',
    rotation: {
      url: 'https://www.wireguard.com/protocol/',
      steps: ['Create a new key with `wg genpsk` and set it on both peers of the pair.'],
    },
    examples: {
      matches: [(sample) => `PresharedKey = ${sample.base64(42)}E=`, (sample) => `preshared_key: ${sample.base64(42)}A=`],
      misses: [(sample) => `PresharedKeyFile = /etc/wireguard/${sample.lower(10)}`, () => 'PresharedKey = <key>'],
    },
  },
];
