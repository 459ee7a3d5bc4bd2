import assert from 'node:assert/strict';
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { openLocalRepository } from '@deployguard/git';
import { buildToken, createTemporaryDirectory, createTestRepository } from '@deployguard/testkit';
import type { TestRepository } from '@deployguard/testkit';
import { rewriteRepository } from './rewrite-repository.ts';
import { rewriteTestRepository, runGit } from './rewrite-test-repository.ts';

const secret = buildToken({ prefix: ['to', 'ken_'], length: 24 });
const marker = '***REMOVED***';

function commitSeveral(repository: TestRepository): void {
  repository.commit({ files: { 'a.txt': 'clean\n'.repeat(50), key: `${secret}\n` } });
  for (let version = 1; version < 30; version++) {
    repository.commit({
      files: { 'a.txt': `${'clean\n'.repeat(50)}${version}\n`, 'dir/b.txt': `${'line\n'.repeat(200)}${secret}\n${version}\n` },
    });
  }
}

async function listHistory(git: (...args: string[]) => Promise<string> | string): Promise<string> {
  return await git('log', '--all', '--format=%an %at %s %T', '--topo-order');
}

test('a SHA-256 repository is rewritten as one', async () => {
  await using repository = createTestRepository({ objectFormat: 'sha256' });
  commitSeveral(repository);
  const first = repository.resolveRef('HEAD');
  repository.tag('v1', { target: first, message: `${secret}\n` });
  repository.note(first, 'note\n');
  await repository.pack();

  await using rewritten = await rewriteTestRepository(repository.gitDir, { values: [secret] });

  assert.equal(rewritten.git('rev-parse', '--show-object-format').trim(), 'sha256');
  assert.equal(rewritten.readText('main:key'), `${marker}\n`);
  assert.equal(rewritten.git('notes', 'show', 'main').trim(), 'note');
  assert.deepEqual(rewritten.findLeaks(secret), []);
  assert.equal(rewritten.git('fsck', '--full', '--strict'), '');
});

test('packed, loose and many-packed sources give the same objects and refs', async () => {
  await using loose = createTestRepository();
  await using packed = createTestRepository();
  await using several = createTestRepository();
  for (const repository of [loose, packed, several]) commitSeveral(repository);
  await packed.git(['repack', '-adfq', '--depth=50', '--window=50']);
  await several.git(['repack', '-dq']);
  for (const repository of [loose, packed, several]) repository.commit({ files: { late: `${secret} late\n` } });
  await several.git(['repack', '-dq']);
  await several.git(['repack', '-aq']);

  const listings: string[] = [];
  for (const repository of [loose, packed, several]) {
    await using rewritten = await rewriteTestRepository(repository.gitDir, { values: [secret] });
    assert.equal(rewritten.git('fsck', '--full', '--strict'), '');
    assert.equal(readdirSync(join(rewritten.gitDir, 'objects', 'pack')).length, 2);
    listings.push(rewritten.git('cat-file', '--batch-all-objects', '--batch-check') + rewritten.git('for-each-ref'));
  }

  assert.equal(listings[0], listings[1]);
  assert.equal(listings[0], listings[2]);
});

test('searching packs directly finds what reading every object through git finds', async () => {
  await using repository = createTestRepository();
  commitSeveral(repository);
  repository.commit({
    files: { wide: Buffer.from(`${secret}\n`, 'utf16le'), encoded: Buffer.from(`u:${secret}`).toString('base64') },
    message: secret,
  });
  await repository.pack();
  const other = 'caf\u00e9 \u00fc\u00e4\u00f6';
  for (const values of [[secret], [secret, other]]) {
    await using direct = await rewriteTestRepository(repository.gitDir, { values, engine: 'auto' });
    await using whole = await rewriteTestRepository(repository.gitDir, { values, engine: 'whole' });

    assert.equal(
      direct.git('cat-file', '--batch-all-objects', '--batch-check'),
      whole.git('cat-file', '--batch-all-objects', '--batch-check'),
    );
    assert.deepEqual(readdirSync(join(direct.gitDir, 'objects', 'pack')), readdirSync(join(whole.gitDir, 'objects', 'pack')));
    assert.deepEqual(direct.findLeaks(secret, Buffer.from(secret, 'utf16le')), []);
  }
});

test('a bundle is rewritten like the repository that it was made of', async () => {
  await using repository = createTestRepository();
  commitSeveral(repository);
  const bundle = join(repository.path, 'all.bundle');
  await repository.git(['bundle', 'create', '-q', bundle, '--all']);

  await using rewritten = await rewriteTestRepository(bundle, { values: [secret] });
  await using expected = await rewriteTestRepository(repository.gitDir, { values: [secret] });

  assert.equal(rewritten.git('rev-parse', 'main'), expected.git('rev-parse', 'main'));
});

test('kept packs, forbidden removal and unreachable objects do not keep a value in the result', async () => {
  await using repository = createTestRepository();
  commitSeveral(repository);
  await repository.pack();
  const [pack] = readdirSync(join(repository.gitDir, 'objects', 'pack')).filter((name) => name.endsWith('.pack'));
  writeFileSync(join(repository.gitDir, 'objects', 'pack', pack!.replace('.pack', '.keep')), '');
  writeFileSync(join(repository.gitDir, 'config'), '[core]\n\trepositoryformatversion = 1\n[extensions]\n\tpreciousObjects = true\n');
  repository.writeBlob(`unreachable ${secret}`);

  await using rewritten = await rewriteTestRepository(repository.gitDir, { values: [secret] });

  assert.deepEqual(rewritten.findLeaks(secret), []);
  assert.equal(
    await listHistory(rewritten.git),
    (await listHistory((...args) => repository.git(args))).replaceAll(
      /[0-9a-f]{40}/g,
      (tree) => rewritten.result.objects.get(tree) ?? tree,
    ),
  );
});

test('a pack of unreachable objects is read and not delivered', async () => {
  await using repository = createTestRepository();
  commitSeveral(repository);
  repository.writeBlob(`unreachable ${secret}`);
  await repository.git(['repack', '--cruft', '-dq']);
  assert.ok(readdirSync(join(repository.gitDir, 'objects', 'pack')).some((name) => name.endsWith('.mtimes')));

  await using rewritten = await rewriteTestRepository(repository.gitDir, { values: [secret] });

  assert.deepEqual(rewritten.findLeaks(secret), []);
  assert.equal(rewritten.git('fsck', '--full', '--strict'), '');
});

test('a place that cannot be a directory is an error', async () => {
  await using repository = createTestRepository();
  repository.commit({ files: { key: secret } });

  const outputDirectory = join(repository.gitDir, 'HEAD', 'result.git');
  await assert.rejects(rewriteTestRepository(repository.gitDir, { values: [secret], outputDirectory }), { code: 'OUTPUT_UNWRITABLE' });
});

const incomplete: Record<string, (repository: TestRepository, other: TestRepository) => Promise<void> | void> = {
  'a shallow repository': (repository) => writeFileSync(join(repository.gitDir, 'shallow'), `${repository.resolveRef('HEAD')}\n`),
  'a partial clone': (repository) => {
    writeFileSync(join(repository.gitDir, 'config'), '[core]\n\trepositoryformatversion = 1\n[extensions]\n\tpartialClone = origin\n');
    const oid = repository.writeBlob(secret);
    rmSync(join(repository.gitDir, 'objects', oid.slice(0, 2), oid.slice(2)));
  },
  'a repository with grafts': (repository) => {
    mkdirSync(join(repository.gitDir, 'info'), { recursive: true });
    writeFileSync(join(repository.gitDir, 'info', 'grafts'), `${repository.resolveRef('HEAD')}\n`);
  },
  'a repository that borrows objects': (repository, other) =>
    writeFileSync(join(repository.gitDir, 'objects', 'info', 'alternates'), `${join(other.gitDir, 'objects')}\n`),
  'a HEAD to nothing': (repository) => writeFileSync(join(repository.gitDir, 'HEAD'), `${'12'.repeat(20)}\n`),
  'a ref to nothing': (repository) => repository.updateRef('refs/heads/broken', '12'.repeat(20)),
};
for (const [name, spoil] of Object.entries(incomplete)) {
  test(`${name} is refused`, async () => {
    await using repository = createTestRepository();
    await using other = createTestRepository();
    repository.commit({ files: { key: secret } });
    await spoil(repository, other);

    await assert.rejects(rewriteTestRepository(repository.gitDir, { values: [secret] }), { code: 'SOURCE_NOT_COMPLETE' });
  });
}

test('a missing, a damaged and a cut object are refused', async () => {
  for (const spoil of [
    (path: string) => rmSync(path),
    (path: string) => writeFileSync(path, 'no zlib data'),
    (path: string) => truncateSync(path, 5),
  ]) {
    await using repository = createTestRepository();
    repository.commit({ files: { key: secret, b: 'to be spoilt' } });
    const oid = repository.writeBlob('to be spoilt');
    const path = join(repository.gitDir, 'objects', oid.slice(0, 2), oid.slice(2));
    chmodSync(path, 0o644);
    spoil(path);

    await assert.rejects(rewriteTestRepository(repository.gitDir, { values: [secret] }), (error: Error & { code?: string }) => {
      assert.ok(
        ['SOURCE_OBJECT_UNREADABLE', 'GIT_FAILED', 'GIT_OUTPUT_INVALID'].includes(error.code ?? ''),
        `${error.code} ${error.message}`,
      );
      return true;
    });
  }
});

test('a pack whose bytes do not match its index is refused', async () => {
  await using repository = createTestRepository();
  repository.commit({ files: { key: secret, other: 'copied as it is' } });
  await repository.pack();
  const directory = join(repository.gitDir, 'objects', 'pack');
  const index = join(
    directory,
    readdirSync(directory).find((name) => name.endsWith('.idx'))!,
  );
  chmodSync(index, 0o644);
  const bytes = readFileSync(index);
  const count = bytes.readUInt32BE(8 + 255 * 4);
  const checksums = 8 + 1024 + count * 20;
  for (let row = 0; row < count; row++) bytes[checksums + row * 4]! ^= 1;
  writeFileSync(index, bytes);

  await assert.rejects(rewriteTestRepository(repository.gitDir, { values: [secret] }), { code: 'REPOSITORY_BROKEN' });
});

test('nothing is written over, and a failed run leaves nothing behind', async () => {
  await using repository = createTestRepository();
  repository.commit({ files: { key: secret } });
  using directory = createTemporaryDirectory();
  const outputDirectory = join(directory.path, 'there');
  mkdirSync(outputDirectory);
  await using source = await openLocalRepository(repository.gitDir, { workDirectory: join(directory.path, 'work') });
  const values = [{ value: secret, replacement: marker }];

  await assert.rejects(rewriteRepository(source, { values, outputDirectory }), { code: 'OUTPUT_EXISTS' });
  const abort = new AbortController();
  const onProgress = (): void => abort.abort();
  await assert.rejects(
    rewriteRepository(source, { values, outputDirectory: join(directory.path, 'new'), onProgress, signal: abort.signal }),
  );

  assert.deepEqual(readdirSync(directory.path).sort(), ['there', 'work']);
});

test('hooks, monitors, signing programs and filters of the source never run', async () => {
  await using repository = createTestRepository();
  const canary = join(repository.path, 'canary');
  const program = join(repository.path, 'program');
  writeFileSync(program, `#!/bin/sh\necho ran >> '${canary}'\ncat\n`, { mode: 0o755 });
  const hooks = join(repository.gitDir, 'hooks');
  mkdirSync(hooks);
  for (const hook of ['reference-transaction', 'post-index-change', 'pre-auto-gc', 'post-rewrite', 'update']) {
    writeFileSync(join(hooks, hook), readFileSync(program), { mode: 0o755 });
  }
  const settings = `[core]\n\trepositoryformatversion = 0\n\tfsmonitor = ${program}\n\tpager = ${program}\n\thooksPath = ${hooks}\n\tsshCommand = ${program}\n\talternateRefsCommand = ${program}\n`;
  const more = `[log]\n\tshowSignature = true\n[gpg]\n\tprogram = ${program}\n[filter "x"]\n\tsmudge = ${program}\n\tclean = ${program}\n[uploadpack]\n\tpackObjectsHook = ${program}\n`;
  writeFileSync(join(repository.gitDir, 'config'), settings + more);
  repository.commit({
    files: { '.gitattributes': '* filter=x\n', key: secret },
    headers: 'gpgsig -----BEGIN PGP SIGNATURE-----\n \n x\n -----END PGP SIGNATURE-----',
  });

  await using rewritten = await rewriteTestRepository(repository.gitDir, { values: [secret] });

  assert.ok(!existsSync(canary));
  assert.ok(!readFileSync(join(rewritten.gitDir, 'config'), 'utf8').includes(program));
  assert.ok(!existsSync(join(rewritten.gitDir, 'hooks')));
});

test('a forged commit-graph misleads nobody', async () => {
  await using repository = createTestRepository();
  repository.commit({ files: { key: secret } });
  repository.commit({ files: { key: undefined, b: '2' } });
  await repository.git(['commit-graph', 'write', '--reachable']);
  const path = join(repository.gitDir, 'objects', 'info', 'commit-graph');
  chmodSync(path, 0o644);
  const graph = readFileSync(path);
  // Every commit without parents: what a walk that believes it would see.
  for (let at = graph.length - 20 - 2 * 36; at < graph.length - 20; at += 36) graph.writeUInt32BE(0x70000000, Math.max(0, at + 20));
  writeFileSync(path, graph);

  await using rewritten = await rewriteTestRepository(repository.gitDir, { values: [secret] });

  assert.equal(rewritten.result.commitCount, 2);
  assert.deepEqual(rewritten.findLeaks(secret), []);
  assert.equal(runGit(rewritten.gitDir, ['fsck', '--full']).toString(), '');
});
