import assert from 'node:assert/strict';
import { test } from 'node:test';
import { batchCalls } from './index.ts';

test('what is asked during a batch goes with the next, and everyone gets the own answer', async () => {
  const batches: (readonly number[])[] = [];
  const first = Promise.withResolvers<void>();
  const double = batchCalls(
    async (numbers: readonly number[]) => {
      batches.push(numbers);
      if (batches.length === 1) await first.promise;
      return numbers.map((number) => number * 2);
    },
    { maxItems: 3 },
  );

  const answers = [double(1)];
  await Promise.resolve();
  await Promise.resolve();
  answers.push(...[2, 3, 4, 5].map(double));
  first.resolve();

  assert.deepEqual(await Promise.all(answers), [2, 4, 6, 8, 10]);
  assert.deepEqual(batches, [[1], [2, 3, 4], [5]]);
});

test('an error is that of its batch alone', async () => {
  let calls = 0;
  const call = batchCalls(
    async (items: readonly number[]) => {
      if (++calls === 1) throw new Error('broken');
      return items;
    },
    { maxItems: 2 },
  );

  const results = await Promise.allSettled([call(1), call(2), call(3)]);

  assert.deepEqual(
    results.map(({ status }) => status),
    ['rejected', 'rejected', 'fulfilled'],
  );
});
