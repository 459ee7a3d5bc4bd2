import assert from 'node:assert/strict';
import test from 'node:test';
import { formatBytes, formatCount, formatDuration, formatItems } from './format-quantity.ts';

test('counts have separators', () => {
  assert.equal(formatCount(0), '0');
  assert.equal(formatCount(999), '999');
  assert.equal(formatCount(1_234_567), '1,234,567');
});

test('one thing is singular', () => {
  assert.equal(formatItems(1, 'match', 'matches'), '1 match');
  assert.equal(formatItems(2, 'match', 'matches'), '2 matches');
  assert.equal(formatItems(0, 'secret'), '0 secrets');
});

test('bytes have three digits and the largest unit that keeps them above one', () => {
  const examples: readonly (readonly [number, string])[] = [
    [0, '0 B'],
    [999, '999 B'],
    [1000, '1.00 kB'],
    [12_345, '12.3 kB'],
    [999_999, '1.00 MB'],
    [5_000_000_000, '5.00 GB'],
  ];
  for (const [bytes, text] of examples) assert.equal(formatBytes(bytes), text);
});

test('durations are read as a person says them', () => {
  assert.equal(formatDuration(0.84), '0.84 s');
  assert.equal(formatDuration(12.34), '12.3 s');
  assert.equal(formatDuration(184), '3:04 min');
  assert.equal(formatDuration(3723), '1:02:03 h');
});
