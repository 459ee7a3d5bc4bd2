import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeBase58Check, encodeBase58Check } from './base58.ts';

test('the published address of the first block decodes to the published hash', () => {
  // https://en.bitcoin.it/wiki/Genesis_block
  const payload = decodeBase58Check('1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa');

  assert.equal(payload?.toString('hex'), '0062e907b15cbf27d5425399ebf6f0fb50ebb88f18');
  assert.equal(encodeBase58Check(payload), '1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa');
});

test('a changed character, a foreign character and a short text are refused', () => {
  for (const text of ['1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNb', '1A1zP1eP5QGefi2DMPTfTL5SLmv7Divf0a', '111', '']) {
    assert.equal(decodeBase58Check(text), undefined);
  }
});
