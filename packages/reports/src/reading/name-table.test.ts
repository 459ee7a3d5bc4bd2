import assert from 'node:assert/strict';
import { test } from 'node:test';
import { NameTable } from './name-table.ts';

test('a name is what stands in the text, whatever stood there before', () => {
  const names = ['a', 'b', 'ab', 'ba', 'aXb', 'aYb', '__proto__', 'constructor', 'n'.repeat(64), 'n'.repeat(65), `${'n'.repeat(64)}m`];
  const table = new NameTable();

  for (const order of [names, names.toReversed(), names]) {
    const text = order.join('');
    let at = 0;
    for (const name of order) assert.equal(table.take(text, at, (at += name.length)), name);
  }
});
