import assert from 'node:assert/strict';
import { hash } from 'node:crypto';
import { test } from 'node:test';
import { DigestTable, toDigestKey } from './digest-table.ts';

const digests = Array.from({ length: 5000 }, (_, index) => hash('sha256', String(index), 'hex'));

test('a number is kept for each of many digests, and the first that was given counts', () => {
  const table = new DigestTable();

  for (const [index, digest] of digests.entries()) table.putIfAbsent(toDigestKey(digest), index);

  assert.deepEqual(
    digests.map((digest) => table.putIfAbsent(toDigestKey(digest), -1)),
    digests.map((_, index) => index),
  );
  assert.equal(table.putIfAbsent(toDigestKey(hash('sha256', 'another', 'hex')), 7), 7);
});

test('each of many digests is counted', () => {
  const table = new DigestTable();
  const order = [...digests, ...digests.slice(0, 3000), ...digests.slice(1000, 2000)];

  const counts = order.map((digest) => table.increase(toDigestKey(digest)));

  assert.deepEqual(
    counts,
    order.map((_, at) => (at < 5000 ? 0 : at < 8000 ? 1 : 2)),
  );
});

test('the first and the last of all digests have their place', () => {
  const table = new DigestTable();
  const ends = ['0'.repeat(64), 'f'.repeat(64)];

  for (const [index, digest] of ends.entries()) table.putIfAbsent(toDigestKey(digest), index);

  assert.deepEqual(
    ends.map((digest) => table.putIfAbsent(toDigestKey(digest), -1)),
    [0, 1],
  );
});

test('the key of a digest is the number that its first 13 digits write, from 1 on', () => {
  assert.equal(toDigestKey('0000000000000fff'), 1);
  assert.equal(toDigestKey('000000000000ffff'), 0x0f + 1);
  assert.equal(toDigestKey('fedcba9876543210'), Number.parseInt('fedcba9876543', 16) + 1);
  assert.equal(toDigestKey('f'.repeat(64)), 2 ** 52);
});
