import assert from 'node:assert/strict';
import test from 'node:test';
import { openLocalRepository } from '@deployguard/git';
import { createTemporaryDirectory } from '@deployguard/testkit';
import { aWorkTree } from '../../test/a-work-tree.ts';
import type { ScanFlags } from '../commands/scan.ts';
import { chooseScope } from './choose-scope.ts';

const workTree = aWorkTree();
workTree.commit({ a: 'a\n' });
workTree.commit({ a: 'b\n' });
workTree.git('tag', 'v1.0');
workTree.git('tag', '2026');
const work = createTemporaryDirectory();
const repository = await openLocalRepository(workTree.path, { workDirectory: work.path });
test.after(async () => {
  await repository.close();
  work.dispose();
  workTree[Symbol.dispose]();
});

const choose = (flags: Partial<ScanFlags>) => chooseScope({ color: true, format: 'table', ...flags }, { path: '/app', repository });

test('without options the whole history is scanned', async () => {
  assert.deepEqual(await choose({}), { kind: 'history' });
});

test('--since takes dates as dates and everything else as a revision, so that a typing error is never taken for now', async () => {
  for (const date of ['2026-01-31', '2026-01-31T10:00:00Z', '2026-01-31 10:00', '2 weeks ago', '3.days.ago', 'yesterday']) {
    assert.deepEqual(await choose({ since: date }), { kind: 'since', date });
  }
  for (const revision of ['v1.0', 'main~1', '2026']) {
    assert.deepEqual(await choose({ since: revision }), { kind: 'range', revisions: [`${revision}..HEAD`] });
  }
  for (const nothing of ['yesterdya', '20260131', 'weeks ago', '2026-02-30', '2026-13-01', '--all', 'v2.0']) {
    await assert.rejects(choose({ since: nothing }), { code: 'USAGE' });
  }
});

test('--since takes today and no day that has begun nowhere yet', async () => {
  const inDays = (days: number): string => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);

  assert.deepEqual(await choose({ since: inDays(0) }), { kind: 'since', date: inDays(0) });
  for (const date of [inDays(2), `${inDays(2)}T10:00:00+02:00`, '2099-01-01'])
    await assert.rejects(choose({ since: date }), { code: 'USAGE', message: /future/ });
});

test('a range may be several revisions', async () => {
  assert.deepEqual(await choose({ range: ' main  ^v1 ' }), { kind: 'range', revisions: ['main', '^v1'] });
});

test('what is staged or in the work tree needs a work tree', async () => {
  assert.deepEqual(await choose({ staged: true }), { kind: 'staged', path: '/app' });
  await assert.rejects(chooseScope({ color: true, format: 'table', workingTree: true }, { repository }), { code: 'USAGE' });
});
