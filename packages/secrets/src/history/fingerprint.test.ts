import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { test } from 'node:test';
import { createFingerprinter, deriveKey } from './fingerprint.ts';

test('a finding id depends on rule, value and place and on nothing else', () => {
  const { findingId } = createFingerprinter(deriveKey('a'.repeat(40)));

  assert.equal(findingId('r-1', 'value', 'a.txt'), findingId('r-1', 'value', 'a.txt'));
  assert.match(findingId('r-1', 'value', 'a.txt'), /^[0-9a-f]{16}$/);
  assert.equal(
    new Set([
      findingId('r-1', 'value', 'a.txt'),
      findingId('r-2', 'value', 'a.txt'),
      findingId('r-1', 'valuf', 'a.txt'),
      findingId('r-1', 'value', 'b.txt'),
    ]).size,
    4,
  );
});

test('a value hash is the HMAC-SHA-256 of the bytes of the value', () => {
  const key = Buffer.from('salt');

  const hash = createFingerprinter(key).valueHash('p\xe4ss');

  assert.equal(
    hash,
    createHmac('sha256', 'salt')
      .update(Buffer.from([0x70, 0xe4, 0x73, 0x73]))
      .digest('hex'),
  );
});

test('another root commit gives another key', () => {
  assert.deepEqual(deriveKey('a'), deriveKey('a'));
  assert.notDeepEqual(deriveKey('a'), deriveKey('b'));
});
