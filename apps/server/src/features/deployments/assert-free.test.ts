import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assertFree } from './assert-free.ts';

test('what is refused because something else is under way names the command that cancels that', () => {
  const free = { name: 'shop', active_task_id: null, destroy_requested_at: null };

  assertFree(free);
  assert.throws(() => assertFree({ ...free, active_task_id: 'x' }), { code: 'ILLEGAL_STATE', message: /`deployguard apps cancel shop`/ });
  assert.throws(() => assertFree({ ...free, destroy_requested_at: new Date() }), { code: 'ILLEGAL_STATE' });
});
