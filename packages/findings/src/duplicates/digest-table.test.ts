import assert from 'node:assert/strict';
import { hash } from 'node:crypto';
import { test } from 'node:test';
import { DigestTable } from './digest-table.ts';

test('a number is kept for each of many digests, and the last that was given counts', () => {
  const table = new DigestTable();
  const digests = Array.from({ length: 5000 }, (_, index) => hash('sha256', String(index), 'hex'));

  for (const [index, digest] of digests.entries()) table.set(digest, index);
  for (const digest of digests.slice(0, 10)) table.set(digest, -1);

  assert.deepEqual(
    digests.map((digest) => table.get(digest)),
    digests.map((_, index) => (index < 10 ? -1 : index)),
  );
  assert.equal(table.get(hash('sha256', 'another', 'hex')), undefined);
});

test('the first and the last of all digests have their place', () => {
  const table = new DigestTable();
  const ends = ['0'.repeat(64), 'f'.repeat(64)];

  for (const [index, digest] of ends.entries()) table.set(digest, index);

  assert.deepEqual(
    ends.map((digest) => table.get(digest)),
    [0, 1],
  );
});
