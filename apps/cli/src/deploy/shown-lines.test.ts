import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createShownLines } from './shown-lines.ts';

test('of the last lines of a failure those are left that were not shown, each as often as it was printed', () => {
  const shown = createShownLines();
  for (const line of ['  at one', '  boom', 'something else']) shown.add(line);

  assert.deepEqual(shown.without(['boom', 'boom', '    at one', 'the end']), ['boom', 'the end']);
  assert.deepEqual(createShownLines().without(['boom']), ['boom']);
});

test('a line of any length is known again', () => {
  const shown = createShownLines();
  shown.add(`  ${'x'.repeat(5000)}`);

  assert.deepEqual(shown.without(['x'.repeat(1000)]), []);
});
