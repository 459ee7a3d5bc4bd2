import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { buildToken, createTestRepository } from '@deployguard/testkit';
import type { TestRepository } from '@deployguard/testkit';
import fc from 'fast-check';
import { rewriteTestRepository, runGit } from './rewrite-test-repository.ts';

const secret = buildToken({ prefix: ['to', 'ken_'], length: 24 });

interface Step {
  readonly path: string;
  readonly content: string;
  readonly branch: string;
  readonly merges: boolean;
  readonly inMessage: boolean;
}

const step: fc.Arbitrary<Step> = fc.record({
  path: fc.constantFrom('a', 'b', 'dir/a', 'dir/deep/b', `dir/${secret}`, 'p'),
  content: fc.constantFrom('1', '2', `k=${secret}`, `${secret}${secret}`, 'x\n'.repeat(200)),
  branch: fc.constantFrom('main', 'side', 'third'),
  merges: fc.boolean(),
  inMessage: fc.boolean(),
});

function play(repository: TestRepository, steps: readonly Step[]): void {
  const heads = new Map<string, string>();
  for (const { path, content, branch, merges, inMessage } of steps) {
    const other = [...heads].find(([name]) => name !== branch)?.[1];
    const own = heads.get(branch);
    const parents = [own, merges ? other : undefined].filter((parent) => parent !== undefined);
    const message = inMessage ? `About ${secret} and ${own}\n` : 'Change\n';
    heads.set(branch, repository.commit({ files: { [path]: content }, branch, parents, message }));
  }
}

/** Id and content of every object. */
function listObjects(gitDir: string): Map<string, string> {
  const lines = runGit(gitDir, ['cat-file', '--batch-all-objects', '--batch-check']).toString().trim().split('\n');
  return new Map(lines.filter((line) => line !== '').map((line) => [line.slice(0, 40), line.slice(41)]));
}

test('whatever the history: no value is left, nothing else changes, counts stay, twice is the same, again is nothing', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 12 }), async (steps) => {
      await using repository = createTestRepository({ bare: true });
      play(repository, steps);
      const before = listObjects(repository.gitDir);

      await using first = await rewriteTestRepository(repository.gitDir, { values: [secret] });
      await using second = await rewriteTestRepository(repository.gitDir, { values: [secret] });
      await using again = await rewriteTestRepository(first.gitDir, { values: [secret] });

      assert.deepEqual(first.findLeaks(secret), []);
      assert.equal(first.git('fsck', '--full', '--strict'), '');
      assert.equal(first.git('rev-list', '--all', '--count').trim(), String(first.result.commitCount));
      assert.deepEqual(packNames(second.gitDir), packNames(first.gitDir));
      assert.equal(second.git('for-each-ref'), first.git('for-each-ref'));
      assert.equal(again.result.objects.size, 0);
      assert.equal(again.git('for-each-ref'), first.git('for-each-ref'));

      const after = listObjects(first.gitDir);
      for (const oid of before.keys()) {
        const holdsOrLeads = first.result.objects.get(oid) !== undefined;
        assert.equal(after.has(oid), !holdsOrLeads && !first.result.droppedObjects.has(oid));
      }
      assert.deepEqual(listObjects(repository.gitDir), before);
    }),
    { numRuns: 8 },
  );
});

test('commits before the first value keep their ids, all later ones on its line change', async () => {
  await using repository = createTestRepository();
  const clean = [1, 2, 3].map((version) => repository.commit({ files: { a: String(version) } }));
  const side = repository.commit({ files: { s: '1' }, parents: [clean[1]!], branch: 'side' });
  const dirty = [1, 2, 3].map((version) => repository.commit({ files: { key: `${secret}${version}` } }));

  await using rewritten = await rewriteTestRepository(repository.gitDir, { values: [secret] });

  for (const oid of [...clean, side]) assert.equal(rewritten.result.objects.get(oid), undefined);
  for (const oid of dirty) assert.notEqual(rewritten.result.objects.get(oid), undefined);
});

/** A pack is named by the checksum of all its bytes. */
function packNames(gitDir: string): string[] {
  return readdirSync(join(gitDir, 'objects', 'pack')).sort();
}
