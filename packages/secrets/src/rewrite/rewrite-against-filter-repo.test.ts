import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { buildToken, createTemporaryDirectory, createTestRepository } from '@deployguard/testkit';
import type { TestRepository } from '@deployguard/testkit';
import { rewriteTestRepository, runGit } from './rewrite-test-repository.ts';

const secret = buildToken({ prefix: ['to', 'ken_'], length: 24 });

/** Only what git-filter-repo gets right: text files and messages, no signatures, nothing that fast-export would write in another way. */
function fillRepository(repository: TestRepository): void {
  repository.commit({ files: { 'README.md': 'hello\n', 'src/a.c': 'int a;\n' } });
  for (let version = 0; version < 25; version++) {
    repository.commit({
      files: {
        [`src/file-${version % 5}.c`]: `int v = ${version};\n${version % 3 ? '' : `char *key = "${secret}";\n`}`,
        p: version % 4 === 1 ? undefined : `file ${version}\n`,
        'p/inner': version % 4 === 1 ? 'now a directory\n' : undefined,
      },
      message: version % 7 ? `Version ${version}\n` : `Version ${version} with ${secret}\n\nAnd a body.\n`,
    });
    if (version % 6 === 0)
      repository.commit({
        files: { [`side-${version}`]: `${secret}\n`, p: undefined, 'p/inner': undefined },
        branch: `side-${version}`,
        parents: [repository.resolveRef('HEAD')],
      });
    if (version % 6 === 5)
      repository.commit({ parents: [repository.resolveRef('HEAD'), repository.resolveRef(`refs/heads/side-${version - 5}`)] });
  }
  repository.tag('v1', { target: repository.resolveRef('HEAD'), message: `Release with ${secret}\n` });
  repository.tag('light', { target: repository.resolveRef('refs/heads/side-6') });
}

test('where git-filter-repo is right, the result has the same commits, trees, files and refs', async (context) => {
  const program = findFilterRepo();
  if (program === undefined) return context.skip('git-filter-repo is not installed');
  await using repository = createTestRepository({ bare: true });
  fillRepository(repository);
  using directory = createTemporaryDirectory();
  const other = join(directory.path, 'other.git');
  execFileSync('git', ['clone', '-q', '--mirror', repository.gitDir, other]);
  const replacements = join(directory.path, 'replacements');
  writeFileSync(replacements, `${secret}\n`);

  await using rewritten = await rewriteTestRepository(repository.gitDir, { values: [secret], mapQuotedIds: false });
  const untouched = [
    '--replace-refs',
    'delete-no-add',
    '--prune-empty=never',
    '--prune-degenerate=never',
    '--preserve-commit-hashes',
    '--preserve-commit-encoding',
  ];
  execFileSync(program, ['--force', '--quiet', '--replace-text', replacements, '--replace-message', replacements, ...untouched], {
    cwd: other,
    stdio: 'pipe',
  });

  assert.equal(rewritten.git('for-each-ref'), runGit(other, ['for-each-ref']).toString());
  const list = ['rev-list', '--objects', '--all', '--no-object-names'];
  assert.deepEqual(
    rewritten
      .git(...list)
      .split('\n')
      .sort(),
    runGit(other, list).toString().split('\n').sort(),
  );
});

function findFilterRepo(): string | undefined {
  try {
    return execFileSync('sh', ['-c', 'command -v git-filter-repo'], { encoding: 'utf8' }).trim();
  } catch {
    return undefined;
  }
}
