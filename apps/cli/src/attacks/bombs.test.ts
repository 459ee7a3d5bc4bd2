import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { createTemporaryDirectory, createTestRepository } from '@deployguard/testkit';
import { aToken } from '../../test/a-token.ts';
import { runMeasured } from '../../test/run-measured.ts';

const token = aToken('bomb');
const megabyte = 1024 * 1024;
// Other work shares the machine that runs the tests; without limits the bombs below take minutes and all memory.
const maxSeconds = 150;
const isLong = process.env['DEPLOYGUARD_LONG_TESTS'] !== undefined;

/** Twelve objects that stand for ten thousand million paths, each of which holds a secret. */
function aGitBomb(): ReturnType<typeof createTestRepository> {
  const repository = createTestRepository();
  let oid = repository.writeBlob(`TOKEN=${token}\n`);
  for (let level = 0; level < 10; level++) {
    const mode = level === 0 ? '100644' : '40000';
    oid = repository.writeTree(Array.from({ length: 10 }, (_, index) => ({ mode, name: `d${index}`, oid })));
  }
  repository.commit({ tree: oid });
  return repository;
}

test('G14 a git bomb ends a scan of any kind soon, in bounded memory and with a plain message', async () => {
  await using repository = aGitBomb();

  for (const scope of [[], ['--range', 'HEAD'], ['--staged']]) {
    const { exitCode, stderr, seconds, peakBytes, output } = await runMeasured(['scan', ...scope, '--repo-path', repository.path]);

    assert.equal(exitCode, 5, output);
    assert.match(stderr, /error: .*(?:git bomb|too much memory)/);
    assert.equal(output.includes(token), false);
    assert.ok(seconds < maxSeconds && peakBytes < 300 * megabyte, `${seconds} s, ${peakBytes} bytes`);
  }
});

test('G14 a git bomb is cleaned by object; patterns that need every path are refused', async () => {
  await using repository = aGitBomb();
  using directory = createTemporaryDirectory();
  const texts = join(directory.path, 'texts');
  writeFileSync(texts, `${token}\n`);
  const clean = (...flags: string[]) =>
    runMeasured(['clean', ...flags, '--repo-path', repository.path, '--output', join(directory.path, 'clean.git')]);

  const pattern = await clean('--remove-path', '*.pem');
  const cleaned = await clean('--replace-text', texts);

  assert.equal(pattern.exitCode, 5, pattern.output);
  assert.match(pattern.stderr, /git bomb/);
  assert.equal(cleaned.exitCode, 0, cleaned.output);
  for (const { seconds, peakBytes } of [pattern, cleaned])
    assert.ok(seconds < maxSeconds && peakBytes < 400 * megabyte, `${seconds} s, ${peakBytes} bytes`);
});

test('G16 a huge blob of zeros in a small pack is scanned, kept and proven piece by piece', async () => {
  const size = (isLong ? 1024 : 200) * megabyte;
  await using repository = createTestRepository();
  using directory = createTemporaryDirectory();
  repository.commit({ files: { zeros: Buffer.alloc(size), 'prod.env': `TOKEN=${token}\n` } });
  await repository.pack();

  const scanned = await runMeasured(['scan', '--repo-path', repository.path]);
  const cleaned = await runMeasured(['clean', '--all', '--repo-path', repository.path, '--output', join(directory.path, 'clean.git')]);

  assert.equal(scanned.exitCode, 1, scanned.output);
  assert.equal(cleaned.exitCode, 0, cleaned.output);
  for (const { peakBytes } of [scanned, cleaned]) assert.ok(peakBytes < 600 * megabyte, `${peakBytes} bytes`);
});
