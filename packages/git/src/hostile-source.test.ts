import assert from 'node:assert/strict';
import {
  appendFileSync,
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { runProcess } from '@deployguard/process';
import { collect, createTemporaryDirectory, createTestRepository } from '@deployguard/testkit';
import type { TestRepository } from '@deployguard/testkit';
import { cloneRepository } from './clone-repository.ts';
import { createGit, runBareGit } from './git.ts';
import { listReachableObjects } from './list-reachable-objects.ts';
import { listUncommitted } from './list-work-tree.ts';
import { openObjectReader } from './object-reader.ts';
import { openLocalRepository } from './open-local-repository.ts';
import { readAllObjects, readObjects } from './read-objects.ts';
import type { Repository } from './repository.ts';

test('G7 G8 G23 settings, hooks, filters and attributes of a hostile repository run nothing', async () => {
  await using source = createTestRepository();
  using work = createTemporaryDirectory();
  const canary = join(work.path, 'canary');
  const commit = plantPayloads(source, join(work.path, 'payload'), canary);
  // The bait works: git in that directory takes it.
  await source.git(['status']).catch(() => {});
  assert.ok(existsSync(canary));
  await source.git(['read-tree', 'HEAD']);
  writeFileSync(join(source.path, 'a'), 'TEXT');
  rmSync(canary);

  for (const open of [openLocalRepository, cloneLocally]) {
    await using repository = await open(source.path, { workDirectory: join(work.path, 'work') });
    await readEverything(repository, commit);
    // To compare it, git would ask a filter.
    assert.equal((await listUncommitted(repository, source.path)).includes('a'), true);
  }
  const bundle = join(work.path, 'b.bundle');
  await createGit({ gitDir: source.gitDir, homeDirectory: work.path })
    .run(['bundle', 'create', bundle, '--all'])
    .catch(() => {});
  rmSync(canary, { force: true });
  await using unpacked = await openLocalRepository(bundle, { workDirectory: join(work.path, 'work') });
  await readEverything(unpacked, commit);

  assert.equal(existsSync(canary), false);
});

test('G11 a symbolic link among objects or refs is not followed', async () => {
  using work = createTemporaryDirectory();
  const elsewhere = join(work.path, 'elsewhere');
  mkdirSync(elsewhere);
  const moveAndLink = (path: string): void => {
    const target = join(elsewhere, path.replaceAll('/', '_'));
    renameSync(path, target);
    symlinkSync(target, path);
  };
  const cases: Record<string, (source: TestRepository) => void> = {
    'the object directory': (source) => moveAndLink(join(source.gitDir, 'objects')),
    'the pack directory': (source) => moveAndLink(join(source.gitDir, 'objects', 'pack')),
    'a directory of loose objects': (source) => moveAndLink(join(source.gitDir, 'objects', source.resolveRef('HEAD').slice(0, 2))),
    'a loose object': (source) => moveAndLink(join(source.gitDir, 'objects', source.resolveRef('HEAD').replace(/^../, '$&/'))),
    'the packed refs': (source) => symlinkSync('/etc/passwd', join(source.gitDir, 'packed-refs')),
    'a ref': (source) => symlinkSync('/etc/passwd', join(source.gitDir, 'refs', 'heads', 'x')),
    'the refs directory': (source) => moveAndLink(join(source.gitDir, 'refs', 'heads')),
    'the settings': (source) => moveAndLink(join(source.gitDir, 'config')),
    'borrowed objects': (source) => {
      symlinkSync(elsewhere, join(work.path, 'link'));
      writeFileSync(join(source.gitDir, 'objects', 'info', 'alternates'), `${join(work.path, 'link')}\n`);
    },
    '.git': (source) => moveAndLink(source.gitDir),
  };

  for (const [name, prepare] of Object.entries(cases)) {
    await using source = createTestRepository();
    source.commit({ files: { a: '1' } });
    prepare(source);
    const opening = openLocalRepository(source.path, { workDirectory: join(work.path, 'work') });
    await assert.rejects(opening, { code: 'REPOSITORY_UNSAFE', message: /symbolic link/ }, name);
  }
});

test('a pipe in place of a file neither blocks nor is read', async () => {
  await using source = createTestRepository();
  using work = createTemporaryDirectory();
  source.commit({ files: { a: '1' } });
  const pipe = join(source.gitDir, 'packed-refs');
  await runProcess({ program: 'mkfifo', args: [pipe], env: { PATH: '/usr/bin:/bin' } });

  await assert.rejects(openLocalRepository(source.path, { workDirectory: work.path }), { code: 'REPOSITORY_UNSAFE' });
});

test('a symbolic link that old git wrote for HEAD is read as a ref', async () => {
  await using source = createTestRepository();
  using work = createTemporaryDirectory();
  source.commit({ files: { a: '1' } });
  rmSync(join(source.gitDir, 'HEAD'));
  symlinkSync('refs/heads/main', join(source.gitDir, 'HEAD'));

  await using repository = await openLocalRepository(source.path, { workDirectory: work.path });

  assert.equal(repository.head, 'refs/heads/main');
});

test('G11 nothing of the source is hard-linked into what a clone makes', async () => {
  await using source = createTestRepository({ bare: true });
  using work = createTemporaryDirectory();
  source.commit({ files: { a: '1' } });
  await source.pack();

  await using repository = await cloneLocally(source.path, { workDirectory: work.path });

  const packs = join(repository.gitDir, 'objects', 'pack');
  const links = readdirSync(packs).map((name) => statSync(join(packs, name)).nlink);
  assert.ok(links.length > 0 && links.every((count) => count === 1));
});

test('G12 a bare repository hidden in a work tree is not found by accident', async () => {
  await using source = createTestRepository();
  using work = createTemporaryDirectory();
  const hidden = join(source.path, 'vendor');
  const canary = join(work.path, 'canary');
  await runBareGit(['init', '-q', '--bare', hidden], { homeDirectory: work.path });
  appendFileSync(join(hidden, 'config'), `[core]\n\tfsmonitor = touch ${canary}\n\tworktree = ${hidden}\n\tbare = false\n`);

  await assert.rejects(openLocalRepository(join(hidden, 'objects'), { workDirectory: work.path }), { code: 'NOT_A_REPOSITORY' });
  await using repository = await openLocalRepository(hidden, { workDirectory: work.path });
  await collect(readAllObjects(repository.git));

  assert.equal(existsSync(canary), false);
});

test('G14 a git bomb of ten thousand million paths is a dozen objects', async () => {
  await using source = createTestRepository();
  using work = createTemporaryDirectory();
  let oid = source.writeBlob('boom');
  for (let level = 0; level < 10; level++) {
    const mode = level === 0 ? '100644' : '40000';
    oid = source.writeTree(Array.from({ length: 10 }, (_, index) => ({ mode, name: `d${index}`, oid })));
  }
  source.commit({ tree: oid });

  await using repository = await openLocalRepository(source.path, { workDirectory: work.path });
  const started = performance.now();
  const all = (await collect(readAllObjects(repository.git))).flat();
  const reachable = (await collect(listReachableObjects(repository.git))).flat();

  assert.deepEqual([all.length, reachable.length], [12, 12]);
  assert.ok(performance.now() - started < 5000);
});

test('G16 a huge blob in a small pack comes in small pieces', async () => {
  await using source = createTestRepository();
  using work = createTemporaryDirectory();
  const size = 80 * 1024 * 1024;
  source.commit({ files: { zeros: Buffer.alloc(size) } });

  await using repository = await openLocalRepository(source.path, { workDirectory: work.path });
  let bytes = 0;
  let largest = 0;
  for await (const objects of readAllObjects(repository.git)) {
    for (const object of objects) {
      for await (const chunk of object.chunks ?? []) {
        bytes += chunk.length;
        largest = Math.max(largest, chunk.length);
      }
    }
  }

  assert.equal(bytes, size);
  assert.ok(largest <= 1024 * 1024);
});

test('G17 replaced and grafted objects are read as they are, and the replacements too', async () => {
  await using source = createTestRepository();
  using work = createTemporaryDirectory();
  const hidden = source.writeBlob('the original');
  const shown = source.writeBlob('the replacement');
  source.commit({ files: { a: 'the original' } });
  source.updateRef(`refs/replace/${hidden}`, shown);
  assert.equal(await source.git(['cat-file', 'blob', hidden]), 'the replacement');

  await using repository = await openLocalRepository(source.path, { workDirectory: work.path });
  const objects = (await collect(readObjects(repository.git, [hidden, shown]))).flat();

  assert.deepEqual(
    objects.map((object) => object.content?.toString()),
    ['the original', 'the replacement'],
  );
  assert.ok((await collect(listReachableObjects(repository.git))).flat().includes(shown));
});

test('a forged commit graph does not hide history', async () => {
  await using source = createTestRepository();
  using work = createTemporaryDirectory();
  const first = source.commit({ files: { a: '1' } });
  const second = source.commit({ files: { a: '2' } });
  await source.git(['commit-graph', 'write', '--reachable']);
  const path = join(source.gitDir, 'objects', 'info', 'commit-graph');
  const graph = readFileSync(path);
  // gitformat-commit-graph(5): after 8 bytes, a table of chunks (4 bytes of name, 8 of offset); in CDAT, for each commit in the order of
  // ids, 20 bytes of tree and 4 of first parent, where 0x70000000 says that there is none.
  const table = Array.from({ length: graph[6]! }, (_, index) => 8 + index * 12);
  const data = Number(graph.readBigUInt64BE(table.find((at) => graph.toString('latin1', at, at + 4) === 'CDAT')! + 4));
  graph.writeUInt32BE(0x70000000, data + [first, second].sort().indexOf(second) * 36 + 20);
  rmSync(path);
  writeFileSync(path, graph);
  assert.equal(await source.git(['rev-list', '--count', 'HEAD']), '1\n', 'git itself is deceived');

  await using repository = await openLocalRepository(source.path, { workDirectory: work.path });

  assert.ok((await collect(listReachableObjects(repository.git))).flat().includes(first));
});

async function cloneLocally(path: string, options: { workDirectory: string }): Promise<Repository> {
  return await cloneRepository(path, { ...options, allowFile: true });
}

async function readEverything(repository: Repository, commit: string): Promise<void> {
  const all = (await collect(readAllObjects(repository.git))).flat();
  await collect(listReachableObjects(repository.git));
  await using reader = openObjectReader(repository.git);
  assert.equal((await reader.read([commit])).length, 1);
  assert.ok(all.some((object) => object.oid === commit));
}

/** Every setting and file through which a repository can make git start a program, each pointing to one that leaves a canary. */
function plantPayloads(source: TestRepository, payload: string, canary: string): string {
  writeFileSync(payload, `#!/bin/sh\necho "$0 $*" >> '${canary}'\n`);
  chmodSync(payload, 0o755);
  const settings: Record<string, string> = {
    'core.fsmonitor': payload,
    'core.sshCommand': payload,
    'core.gitProxy': payload,
    'core.pager': payload,
    'core.editor': payload,
    'core.askPass': payload,
    'core.alternateRefsCommand': payload,
    'core.attributesFile': join(source.gitDir, 'info', 'attributes'),
    'sequence.editor': payload,
    'diff.external': payload,
    'diff.evil.textconv': payload,
    'diff.evil.command': payload,
    'filter.evil.clean': payload,
    'filter.evil.smudge': payload,
    'filter.evil.process': payload,
    'filter.lfs.process': payload,
    'merge.evil.driver': payload,
    'gpg.program': payload,
    'gpg.ssh.program': payload,
    'gpg.ssh.defaultKeyCommand': payload,
    'log.showSignature': 'true',
    'credential.helper': payload,
    'alias.cat-file': `!${payload}`,
    'alias.rev-list': `!${payload}`,
    'uploadpack.packObjectsHook': payload,
    'remote.origin.uploadpack': payload,
    'remote.origin.url': `ext::${payload}`,
    'url.ext::.insteadOf': 'https://',
    'pager.cat-file': payload,
    'interactive.diffFilter': payload,
    'trace2.eventTarget': canary,
    'lfs.url': 'https://localhost:1/',
  };
  for (const [key, value] of Object.entries(settings)) {
    const [, section, subsection, name] = /^(.*?)(?:\.(.*))?\.([^.]*)$/.exec(key)!;
    const header = subsection === undefined ? `[${section}]` : `[${section} "${subsection}"]`;
    appendFileSync(join(source.gitDir, 'config'), `${header}\n\t${name} = "${value}"\n`);
  }
  const hooks = [
    'post-checkout',
    'post-index-change',
    'pre-auto-gc',
    'reference-transaction',
    'pre-receive',
    'update',
    'post-update',
    'post-rewrite',
  ];
  mkdirSync(join(source.gitDir, 'hooks'));
  mkdirSync(join(source.gitDir, 'info'));
  for (const hook of hooks) symlinkSync(payload, join(source.gitDir, 'hooks', hook));
  writeFileSync(join(source.gitDir, 'info', 'attributes'), '* filter=evil diff=evil merge=evil\n');
  return source.commit({
    files: {
      a: 'text',
      '.gitattributes': '* filter=evil diff=evil\n*.bin filter=lfs\n',
      '.lfsconfig': '[lfs]\n\turl = https://localhost:1/\n',
      '.gitmodules': `[submodule "x"]\n\tpath = x\n\turl = ext::${payload}\n`,
      x: { mode: '160000', oid: '1'.repeat(40) },
    },
  });
}
