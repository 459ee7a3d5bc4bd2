import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createTestRepository } from '@deployguard/testkit';
import { runProcess } from '@deployguard/process';
import fc from 'fast-check';
import { assertBranchName, displayName, encodeName, isRefName } from './ref-name.ts';

test('G5 names that git check-ref-format refuses are refused, and no others', async () => {
  // One git for each name: few in the everyday run.
  const names = fc.sample(nameLikeText(), process.env['DEPLOYGUARD_LONG_TESTS'] ? 10_000 : 300);
  const fixed = [
    'refs/heads/main',
    'refs/heads/.a',
    'refs/heads/a.lock',
    'refs/heads/a.lock/b',
    'a',
    '@',
    'a/@',
    'a/@{b',
    'a..b/c',
    '/a/b',
    'a//b',
    'a/b/',
    'a/b.',
  ];

  const mismatches: string[] = [];
  for (const name of new Set([...names, ...fixed])) {
    if (isRefName(name) !== (await gitAccepts(name))) mismatches.push(JSON.stringify(name));
  }

  assert.deepEqual(mismatches, []);
});

test('G5 every byte is judged in a name as git judges it', async () => {
  for (let byte = 1; byte < 128; byte++) {
    const name = `a/x${String.fromCharCode(byte)}y`;
    assert.equal(isRefName(name), await gitAccepts(name), `byte ${byte}`);
  }
  assert.equal(isRefName('a/x\0y'), false);
});

test('G1 G5 hostile branch names are refused before git sees them', () => {
  const hostile = [
    '--upload-pack=x',
    '-x',
    'HEAD',
    'a b',
    'a\nb',
    'a\0b',
    '..',
    'a..b',
    '@{-1}',
    'x.lock',
    'a\u007fb',
    '',
    '/',
    'a/',
    'a\\b',
    'a:b',
    'a~1',
    'a^',
  ];

  for (const name of hostile) assert.throws(() => assertBranchName(name), { code: 'REF_NAME_INVALID' }, JSON.stringify(name));
});

test('G5 a long name and one beyond ASCII are names', () => {
  assertBranchName('a'.repeat(5000));
  assertBranchName(encodeName('grün/日本'));
});

test('a name keeps every byte, and is shown without marks that reorder text', async () => {
  await using repository = createTestRepository();
  const name = encodeName('refs/heads/grün\u202e');
  repository.updateRef(name, repository.commit({ files: { a: 'a' } }));

  const listed = await repository.git(['for-each-ref', '--format=%(refname)']);

  assert.deepEqual(listed.trim().split('\n').map(encodeName).includes(name), true);
  assert.equal(displayName(name), '"refs/heads/gr\\303\\274n\\342\\200\\256"');
});

test('what is shown leads back to the bytes, whatever they are', () => {
  assert.equal(displayName(encodeName('refs/heads/grün')), 'refs/heads/grün');
  assert.equal(displayName('refs/heads/caf\xe9'), '"refs/heads/caf\\351"');
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 12 }), (bytes) => {
      const name = `refs/heads/${Buffer.from(bytes).toString('latin1')}`;

      assert.equal(encodeName(displayName(name)), name);
    }),
  );
});

function nameLikeText(): fc.Arbitrary<string> {
  const piece = fc.constantFrom(
    'a',
    'B',
    '/',
    '/',
    '.',
    '..',
    '.lock',
    '@',
    '{',
    '@{',
    '~',
    '^',
    ':',
    '?',
    '*',
    '[',
    '\\',
    ' ',
    '-',
    '_',
    '1',
    'é',
    '\t',
    '\x7f',
    'refs/heads/',
  );
  return fc.array(piece, { minLength: 1, maxLength: 7 }).map((pieces) => pieces.join(''));
}

async function gitAccepts(name: string): Promise<boolean> {
  // A leading dash, which the rules allow, would be an option of the command.
  const { exitCode } = await runProcess({
    program: 'git',
    args: ['check-ref-format', name.replace(/^-/, 'x')],
    env: { PATH: '/usr/bin:/bin' },
  });
  return exitCode === 0;
}
