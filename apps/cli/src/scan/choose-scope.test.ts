import assert from 'node:assert/strict';
import test from 'node:test';
import type { ScanFlags } from '../commands/scan.ts';
import { chooseScope } from './choose-scope.ts';

const choose = (flags: Partial<ScanFlags>, path: string | undefined = '/app') =>
  chooseScope({ color: true, format: 'table', ...flags }, path);

test('without options the whole history is scanned', () => {
  assert.deepEqual(choose({}), { kind: 'history' });
});

test('--since takes dates as dates and everything else as a revision, so that a typing error is never taken for now', () => {
  for (const date of ['2026-01-31', '2026-01-31T10:00:00Z', '2026-01-31 10:00', '2 weeks ago', '3.days.ago']) {
    assert.deepEqual(choose({ since: date }), { kind: 'since', date });
  }
  for (const revision of ['v1.0', 'main~3', 'yesterdya', '2026', '20260131', 'weeks ago']) {
    assert.deepEqual(choose({ since: revision }), { kind: 'range', revisions: [`${revision}..HEAD`] });
  }
});

test('a range may be several revisions', () => {
  assert.deepEqual(choose({ range: ' main  ^v1 ' }), { kind: 'range', revisions: ['main', '^v1'] });
});

test('what is staged or in the work tree needs a work tree', () => {
  assert.deepEqual(choose({ staged: true }), { kind: 'staged', path: '/app' });
  assert.throws(() => chooseScope({ color: true, format: 'table', workingTree: true }, undefined), { code: 'USAGE' });
});
