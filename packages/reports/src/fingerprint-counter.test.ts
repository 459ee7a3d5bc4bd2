import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { FingerprintCounter } from './fingerprint-counter.ts';

test('the n-th of those that look alike is told from the others, among many', () => {
  const counter = new FingerprintCounter();
  const bases = Array.from({ length: 20_000 }, (_, index) => `problem ${index % 7000}`);

  const fingerprints = bases.map((base) => counter.next(base));

  const expected = bases.map((base, index) =>
    createHash('sha256')
      .update(`${base}\0${Math.floor(index / 7000)}`)
      .digest('hex')
      .slice(0, 32),
  );
  assert.deepEqual(fingerprints, expected);
  assert.equal(new Set(fingerprints).size, bases.length);
});
