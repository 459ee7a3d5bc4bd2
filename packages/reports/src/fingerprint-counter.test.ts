import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { toDigestKey } from '@deployguard/findings';
import { firstFingerprint, FingerprintCounter, laterFingerprint } from './fingerprint-counter.ts';

test('the n-th of those that look alike is told from the others, among many and in parts of any length', () => {
  const counter = new FingerprintCounter();
  const firsts = Array.from({ length: 20_000 }, (_, index) => firstFingerprint(`problem ${index % 7000}`));
  const fingerprints = [...firsts];

  for (let from = 0, length = 1; from < firsts.length; from += length, length = length * 2 + 1) {
    for (const { index, count } of counter.count(firsts.slice(from, from + length).map(toDigestKey)))
      fingerprints[from + index] = laterFingerprint(firsts[from + index]!, count);
  }

  const digest = (text: string) => createHash('sha256').update(text).digest('hex').slice(0, 32);
  const expected = firsts.map((_, index) => {
    const first = digest(`problem ${index % 7000}\0${0}`);
    return index < 7000 ? first : digest(`${first}\0${Math.floor(index / 7000)}`);
  });
  assert.deepEqual(fingerprints, expected);
  assert.equal(new Set(fingerprints).size, firsts.length);
});
