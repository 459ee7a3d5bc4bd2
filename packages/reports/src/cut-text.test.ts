import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { cutText } from './cut-text.ts';

test('P6 the beginning of a text does not keep the rest of it in memory', () => {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  collect();
  const before = process.memoryUsage().heapUsed;

  const kept = Array.from({ length: 50 }, (_, index) => cutText(JSON.parse(`"${index}${'x'.repeat(4_000_000)}"`) as string, 1000));
  collect();

  const megabytes = (process.memoryUsage().heapUsed - before) / 1e6;
  assert.ok(megabytes < 40, `${megabytes} MB`);
  assert.deepEqual([kept.length, kept[7]], [50, `7${'x'.repeat(999)}`]);
});

test('a character that is cut in two is replaced', () => {
  assert.equal(cutText('ab\u{1F600}', 3), 'ab\uFFFD');
});
