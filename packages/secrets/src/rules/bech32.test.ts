import assert from 'node:assert/strict';
import { test } from 'node:test';
import { encodeBech32, hasBech32Checksum } from './bech32.ts';

// Test vectors of BIP 173.
test('published valid texts are accepted', () => {
  for (const text of [
    'a12uel5l',
    'abcdef1qpzry9x8gf2tvdw0s3jn54khce6mua7lmqqqxw',
    'split1checkupstagehandshakeupstreamerranterredcaperred2y9e3w',
  ]) {
    assert.equal(hasBech32Checksum(text), true, text);
  }
});

test('encoding the published values gives the published text', () => {
  assert.equal(
    encodeBech32(
      'abcdef',
      Array.from({ length: 32 }, (_, index) => index),
    ),
    'abcdef1qpzry9x8gf2tvdw0s3jn54khce6mua7lmqqqxw',
  );
});

test('wrong checksums and texts without a separator are refused', () => {
  for (const text of ['abcdef1qpzry9x8gf2tvdw0s3jn54khce6mua7lmqqqxx', 'pzry9x0s0muk', '1pzry9x0s0muk', 'x1b4n0q5v', 'li1dgmt3']) {
    assert.equal(hasBech32Checksum(text), false, text);
  }
});
