import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { appendFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { inflateSync } from 'node:zlib';
import { createTestRepository, type TestRepository } from '@deployguard/testkit';
import { aToken } from '../../test/a-token.ts';
import { runCli } from '../../test/run-cli.ts';

const token = aToken('hidden');

/** What the program says and where it delivered. */
async function cleanAll(repository: TestRepository): Promise<{ output: string; exitCode: number | null; cleaned: string }> {
  const { output, exitCode } = await runCli(['clean', '--all', '--repo-path', repository.path]);
  return { output, exitCode, cleaned: `${repository.path}.cleaned.git` };
}

/** All bytes of a delivered directory: every file, every name, and every object as git unpacks it. */
function readAllBytes(directory: string): string {
  const names = readdirSync(directory, { recursive: true, withFileTypes: true, encoding: 'latin1' });
  const files = names.filter((entry) => entry.isFile()).map((entry) => readFileSync(join(entry.parentPath, entry.name), 'latin1'));
  const objects = execFileSync('git', ['--git-dir', directory, 'cat-file', '--batch', '--batch-all-objects', '--unordered'], {
    encoding: 'latin1',
    maxBuffer: 1e8,
  });
  return [...names.map(({ name }) => name), ...files, objects].join('\n');
}

const hidingPlaces: Readonly<Record<string, (repository: TestRepository) => void>> = {
  'an object that a replacement hides': (repository) => {
    const bad = repository.commit({ files: { 'prod.env': token } });
    const good = repository.commit({ files: { 'prod.env': 'clean' } });
    repository.updateRef(`refs/replace/${bad}`, good);
  },
  'what replaces an object': (repository) => {
    const good = repository.commit({ files: { a: 'clean' } });
    repository.updateRef(`refs/replace/${repository.writeBlob('clean')}`, repository.writeBlob(`TOKEN=${token}`));
    repository.tag('v1', { target: good });
  },
  'a note': (repository) => void repository.note(repository.commit({ files: { a: '1' } }), `see ${token}`),
  'a note under another name': (repository) => void repository.note(repository.commit({ files: { a: '1' } }), token, 'refs/notes/review'),
  'the message of a tag of a tag': (repository) => {
    const inner = repository.tag('inner', { target: repository.commit({ files: { a: '1' } }), message: 'inner\n' });
    repository.tag('outer', { target: inner, targetType: 'tag', message: `outer ${token}\n` });
  },
  'a tagged tree': (repository) => {
    repository.commit({ files: { a: '1' } });
    const tree = repository.writeTree([{ mode: '100644', name: 'x', oid: repository.writeBlob(token) }]);
    repository.tag('tree', { target: tree, targetType: 'tree', message: 'a tree\n' });
  },
  'a commit message': (repository) => void repository.commit({ files: { a: '1' }, message: `use ${token}\n` }),
  'the name of an author': (repository) => void repository.commit({ files: { a: '1' }, author: `${token} <ada@example.com>` }),
  'an e-mail address': (repository) => void repository.commit({ files: { a: '1' }, committer: `Ada <${token}@example.com>` }),
  'a file name': (repository) => void repository.commit({ files: { [`backup-${token}.txt`]: '1' } }),
  'a directory name': (repository) => void repository.commit({ files: { [`${token}/a`]: '1' } }),
  'a ref that is no branch': (repository) => {
    repository.commit({ files: { a: '1' } });
    repository.commit({ files: { a: token }, branch: 'refs/pull/7/head' });
  },
  'the name of a branch': (repository) => repository.updateRef(`refs/heads/${token}`, repository.commit({ files: { a: '1' } })),
  'an older stash entry': (repository) => {
    repository.commit({ files: { a: '1' } });
    repository.stash({ a: token });
    repository.stash({ a: '3' });
  },
  'what only a merge brought in': (repository) => {
    const base = repository.commit({ files: { a: '1' } });
    const side = repository.commit({ files: { b: '1' }, parents: [base], branch: 'side' });
    repository.commit({ files: { c: token }, parents: [repository.resolveRef('HEAD'), side] });
  },
};

for (const [place, hide] of Object.entries(hidingPlaces)) {
  test(`G17 G25 a secret in ${place} is found, removed and nowhere in what is delivered`, async () => {
    await using repository = createTestRepository();
    hide(repository);

    const { output, exitCode, cleaned } = await cleanAll(repository);

    assert.equal(exitCode, 0, output);
    assert.match(output, /1 secret removed/);
    assert.equal(output.includes(token), false);
    assert.equal(readAllBytes(cleaned).includes(token), false);
  });
}

test('G17 grafts hide nothing from a scan and stop a cleaning', async () => {
  await using repository = createTestRepository();
  repository.commit({ files: { 'prod.env': token } });
  const tip = repository.commit({ files: { 'prod.env': 'clean' } });
  mkdirSync(join(repository.gitDir, 'info'));
  writeFileSync(join(repository.gitDir, 'info', 'grafts'), `${tip}\n`);

  const scanned = await runCli(['scan', '--repo-path', repository.path]);
  const cleaned = await cleanAll(repository);

  assert.equal(scanned.exitCode, 1, scanned.output);
  assert.equal(cleaned.exitCode, 5);
  assert.match(cleaned.output, /grafts/);
});

test('G25 nothing of the source comes along: logs, old heads, settings, descriptions, packs, loose objects', async () => {
  await using repository = createTestRepository();
  const bad = repository.commit({ files: { 'prod.env': `TOKEN=${token}\n` } });
  repository.commit({ files: { 'prod.env': 'TOKEN=\n' } });
  await repository.pack();
  repository.writeBlob(`a loose object that no ref reaches: ${token}`);
  const log = `${'0'.repeat(40)} ${bad} Ada Example <ada@example.com> 1700000000 +0000\tcommit: ${token}\n`;
  mkdirSync(join(repository.gitDir, 'logs', 'refs', 'heads'), { recursive: true });
  for (const file of ['logs/HEAD', 'logs/refs/heads/main']) writeFileSync(join(repository.gitDir, file), log);
  for (const file of ['ORIG_HEAD', 'FETCH_HEAD']) writeFileSync(join(repository.gitDir, file), `${bad}\t\tbranch '${token}'\n`);
  writeFileSync(join(repository.gitDir, 'description'), `${token}\n`);
  writeFileSync(join(repository.gitDir, 'COMMIT_EDITMSG'), `${token}\n`);
  appendFileSync(join(repository.gitDir, 'config'), `[remote "origin"]\n\turl = https://jane:${token}@example.org/app.git\n`);

  const { output, exitCode, cleaned } = await cleanAll(repository);

  assert.equal(exitCode, 0, output);
  assert.equal(output.includes(token), false);
  assert.equal(readAllBytes(cleaned).includes(token), false);
  assert.throws(() => execFileSync('git', ['--git-dir', cleaned, 'cat-file', '-e', bad], { stdio: 'ignore' }));
  assert.deepEqual(readdirSync(cleaned).sort(), ['HEAD', 'config', 'objects', 'packed-refs', 'refs']);
  for (const file of ['.cleaned.proof.json', '.cleaned.aftercare.md'])
    assert.equal(readFileSync(`${repository.path}${file}`, 'utf8').includes(token), false);
});

test('G25 every entry of the delivered pack, also one that no index names, is free of the secret', async () => {
  await using repository = createTestRepository();
  for (let number = 0; number < 50; number++) repository.commit({ files: { 'prod.env': `NUMBER=${number}\nTOKEN=${token}\n` } });
  await repository.pack();

  const { cleaned } = await cleanAll(repository);

  const packs = join(cleaned, 'objects', 'pack');
  const [pack] = readdirSync(packs).filter((name) => name.endsWith('.pack'));
  assert.equal(inflateEverywhere(readFileSync(join(packs, pack!))).includes(token), false);
});

/** Whatever inflates from any offset at which a zlib stream (RFC 1950) may begin, deltas included. */
function inflateEverywhere(bytes: Buffer): string {
  const found: string[] = [];
  for (let at = bytes.indexOf(0x78); at !== -1; at = bytes.indexOf(0x78, at + 1)) {
    if (bytes.readUInt16BE(Math.min(at, bytes.length - 2)) % 31 !== 0) continue;
    try {
      found.push(inflateSync(bytes.subarray(at)).toString('latin1'));
    } catch {
      // Not the beginning of a stream.
    }
  }
  assert.ok(found.length > 50);
  return found.join('\n');
}

test('G24 names that other systems take for .git are read, cleaned and proven like any other', async () => {
  await using repository = createTestRepository();
  const blob = repository.writeBlob(`TOKEN=${token}\n`);
  const names = ['.GIT', '.Git', 'GIT~1', 'git~1', '.g\u200cit', '.git\u200c', '.git ', '.git...', 'A', 'a', 'con', '..\\x', 'x:y'];
  const rows = names.map((name) => ({
    mode: '40000',
    name: Buffer.from(name).toString('latin1'),
    oid: repository.writeTree([{ mode: '100644', name: 'config', oid: blob }]),
  }));
  repository.commit({ tree: repository.writeTree(rows.toSorted((a, b) => (`${a.name}/` < `${b.name}/` ? -1 : 1))) });

  const scanned = await runCli(['scan', '--format', 'json', '--repo-path', repository.path]);
  const { output, exitCode, cleaned } = await cleanAll(repository);

  assert.equal(JSON.parse(scanned.stdout).findings.length, names.length);
  assert.equal(exitCode, 0, output);
  assert.equal(readAllBytes(cleaned).includes(token), false);
  assert.deepEqual(readdirSync(cleaned).sort(), ['HEAD', 'config', 'objects', 'packed-refs', 'refs']);
});
