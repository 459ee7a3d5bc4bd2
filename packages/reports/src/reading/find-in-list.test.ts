import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findInList } from './find-in-list.ts';

test('an item of a list is found by its key, the first of several, and each item is asked once for its key', () => {
  const list = [
    { id: 'a', text: '1' },
    { id: 'b', text: '2' },
    { id: 'a', text: '3' },
    { id: undefined, text: '4' },
  ];
  let asked = 0;
  const find = (id: string | undefined) =>
    findInList(list, id, (item) => {
      asked++;
      return item.id;
    })?.text;

  assert.deepEqual(['a', 'b', 'c', undefined].map(find), ['1', '2', undefined, undefined]);
  assert.equal(asked, list.length);
});
