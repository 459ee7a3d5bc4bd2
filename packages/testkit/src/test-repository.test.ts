import assert from 'node:assert/strict';
import { test } from 'node:test';
import { buildToken } from './build-token.ts';
import { createTestRepository } from './test-repository.ts';

for (const objectFormat of ['sha1', 'sha256'] as const) {
  test(`git finds no fault in a ${objectFormat} test repository`, async () => {
    await using repository = createTestRepository({ objectFormat });
    const first = repository.commit({ files: { 'a.txt': 'one\n', 'dir/b.txt': 'two\n', 'dir.x': 'three\n' } });
    const side = repository.commit({ files: { 'side.txt': 'side\n' }, branch: 'side', parents: [first] });
    repository.commit({ files: { 'a.txt': 'changed\n', 'dir/b.txt': undefined } });
    repository.commit({ files: { 'evil.txt': 'in neither parent\n' }, parents: [repository.resolveRef('HEAD'), side] });
    repository.tag('v1', { target: first, message: 'Release\n' });
    repository.note(first, 'a note\n');
    repository.stash({ 'a.txt': 'older\n' });
    repository.stash({ 'a.txt': 'newer\n' });
    await repository.pack();

    await repository.git(['fsck', '--strict', '--no-dangling']);

    assert.equal(await repository.git(['log', '--format=%an %at', '--max-count=1', 'v1']), 'Ada Example 1700000000\n');
    assert.equal(await repository.git(['show', 'HEAD:evil.txt']), 'in neither parent\n');
    assert.equal(await repository.git(['ls-tree', '-r', '--name-only', 'HEAD']), 'a.txt\ndir.x\ndir/b.txt\nevil.txt\nside.txt\n');
    assert.equal(await repository.git(['notes', 'show', first]), 'a note\n');
    assert.equal(await repository.git(['show', 'stash@{1}:a.txt']), 'older\n');
  });
}

test('the same steps give the same ids', async () => {
  await using one = createTestRepository();
  await using other = createTestRepository();

  assert.equal(one.commit({ files: { a: '1' } }), other.commit({ files: { a: '1' } }));
});

test('a token is the same in every run and differs by its seed', () => {
  const token = buildToken({ prefix: ['ab', 'c_'], length: 40, seed: 1 });

  assert.match(token, /^abc_[A-Za-z0-9]{40}$/);
  assert.equal(token, buildToken({ prefix: 'abc_', length: 40, seed: 1 }));
  assert.notEqual(token, buildToken({ prefix: 'abc_', length: 40, seed: 2 }));
});
