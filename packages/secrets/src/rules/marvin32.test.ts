import assert from 'node:assert/strict';
import { test } from 'node:test';
import { marvin32 } from './marvin32.ts';

// The vectors of the .NET runtime: seed 0x004FB61A001BDBCC; the 64-bit results there are folded to 32 bits here.
const seed = '\x00\x4f\xb6\x1a\x00\x1b\xdb\xcc';
const vectors: [bytes: string, high: number, low: number][] = [
  ['', 0x30ed35c1, 0x00cd3c7d],
  ['af', 0x48e73fc7, 0x7d75ddc1],
  ['e70f', 0xb5f6e1fc, 0x485dbff8],
  ['37f495', 0xf0b07c78, 0x9b8cf7e8],
  ['8642dc59', 0x7008f2e8, 0x7e9cf556],
];

test('the checksum agrees with the published vectors', () => {
  for (const [bytes, high, low] of vectors) assert.equal(marvin32(Buffer.from(bytes, 'hex'), seed), (high ^ low) >>> 0, bytes);
});

test('the checksum agrees with keys that Microsoft made for its own tests', () => {
  const keys: [start: string, signature: string, checksum: string, seed: string][] = [
    ['a'.repeat(33), '+ASb', 'HpHeAI=', 'Send0000'],
    ['a'.repeat(33), 'AIoT', 'Oumzco=', 'IoTHub00'],
    ['b'.repeat(33), 'AZEG', 'LiQbng=', 'Default0'],
  ];

  for (const [start, signature, checksum, keySeed] of keys) {
    const key = Buffer.from(start + signature + checksum, 'base64');

    assert.equal(marvin32(key.subarray(0, -4), keySeed), key.readUInt32LE(key.length - 4), signature);
  }
});
