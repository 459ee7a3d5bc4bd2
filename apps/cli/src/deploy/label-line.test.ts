import assert from 'node:assert/strict';
import { test } from 'node:test';
import { labelLine } from './label-line.ts';

test('a line is labelled as far as it takes to tell who printed it', () => {
  assert.equal(labelLine({ web: 1 }, 'web', '0193-1'), '');
  assert.equal(labelLine({ web: 2 }, 'web', '0193-2'), 'web.2 | ');
  assert.equal(labelLine({ web: 1, worker: 3 }, 'web', '0193-1'), 'web | ');
  assert.equal(labelLine({ web: 1, worker: 3 }, 'worker', '0193-worker-3'), 'worker.3 | ');
});
