import assert from 'node:assert/strict';
import { test } from 'node:test';
import { splitList } from './split-list.ts';

test('the items of a list come without the space around them, and none is empty', () => {
  assert.deepEqual(splitList('1.2.3 ,1.3.0,, 2.0 \n'), ['1.2.3', '1.3.0', '2.0']);
  assert.deepEqual(splitList('a; b,c', /[,;]/), ['a', 'b', 'c']);
  assert.deepEqual(splitList(' , '), []);
  assert.deepEqual(splitList(undefined), []);
});
