import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { buildToken, createTemporaryDirectory, createTestRepository } from '@deployguard/testkit';
import { rewritePhases } from './rewrite-repository.ts';
import { runGit } from './rewrite-test-repository.ts';

const secret = buildToken({ prefix: ['to', 'ken_'], length: 24 });

/** Rewrites in a process of its own, which kills itself when the phase begins: no handler runs, nothing is cleaned up. */
const program = `
  import { openLocalRepository } from '@deployguard/git';
  import { rewriteRepository } from './rewrite-repository.ts';
  const [path, workDirectory, outputDirectory, value, phase] = process.argv.slice(2);
  const source = await openLocalRepository(path, { workDirectory });
  await rewriteRepository(source, {
    values: [{ value, replacement: '***REMOVED***' }],
    outputDirectory,
    onProgress: (progress) => { if (progress.phase === phase) process.kill(process.pid, 'SIGKILL'); },
  });
  await source.close();
`;

function rewriteInProcess(args: readonly string[]): { killed: boolean; exitCode: number | null; stderr: string } {
  const result = spawnSync(process.execPath, ['--input-type=module', '-', ...args], {
    cwd: import.meta.dirname,
    input: program,
    encoding: 'utf8',
  });
  return { killed: result.signal === 'SIGKILL', exitCode: result.status, stderr: result.stderr };
}

/** A hash over names and bytes of all files below a directory. */
function hashTree(directory: string): string {
  const digest = createHash('sha256');
  for (const entry of readdirSync(directory, { recursive: true, withFileTypes: true }).toSorted((a, b) =>
    join(a.parentPath, a.name) < join(b.parentPath, b.name) ? -1 : 1,
  )) {
    const path = join(entry.parentPath, entry.name);
    digest.update(path);
    if (entry.isFile()) digest.update(readFileSync(path));
  }
  return digest.digest('hex');
}

test('killed at any step, the source is untouched, no result stands, and the next run succeeds and tidies up', async () => {
  await using repository = createTestRepository();
  repository.commit({ files: { a: '1', key: secret, 'dir/key': `${secret}2` } });
  repository.commit({ files: { b: '2' } });
  repository.tag('v1', { target: repository.resolveRef('HEAD'), message: 'v1\n' });
  using directory = createTemporaryDirectory();
  const output = join(directory.path, 'result.git');
  const args = [repository.gitDir, join(directory.path, 'work'), output, secret];
  const before = hashTree(repository.path);

  for (const phase of rewritePhases) {
    const { killed, stderr } = rewriteInProcess([...args, phase]);

    assert.ok(killed, `${phase}: ${stderr}`);
    assert.equal(hashTree(repository.path), before, phase);
    const names = readdirSync(directory.path).filter((name) => name !== 'work');
    assert.ok(names.length === 1 && names[0]!.startsWith('result.git.tmp-'), `${phase}: ${names.join(' ')}`);
  }

  const { exitCode, stderr } = rewriteInProcess([...args, 'none']);
  assert.equal(exitCode, 0, stderr);
  assert.deepEqual(readdirSync(directory.path).sort(), ['result.git', 'work']);
  assert.equal(runGit(output, ['cat-file', 'blob', 'main:key']).toString(), '***REMOVED***');
});

test('when the disk is full, the run fails and leaves neither a result nor parts of one', async () => {
  await using repository = createTestRepository();
  repository.commit({
    files: { key: secret, 'large.bin': createHash('shake256', { outputLength: 300_000 }).digest() },
  });
  using directory = createTemporaryDirectory();
  const args = [repository.gitDir, join(directory.path, 'work'), join(directory.path, 'result.git'), secret, 'none'];

  // No file may grow beyond 64 KiB; with the signal ignored, writing fails as on a full disk.
  const limited = spawnSync(
    'sh',
    ['-c', 'trap "" XFSZ; ulimit -f 128; exec "$0" "$@"', process.execPath, '--input-type=module', '-', ...args],
    {
      cwd: import.meta.dirname,
      input: program,
      encoding: 'utf8',
    },
  );

  assert.notEqual(limited.status, 0);
  assert.match(limited.stderr, /EFBIG|ENOSPC/);
  assert.deepEqual(readdirSync(directory.path), ['work']);
});
