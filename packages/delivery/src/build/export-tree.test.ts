import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { existsSync, lstatSync, mkdirSync, readFileSync, readdirSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { openLocalRepository } from '@deployguard/git';
import { createTemporaryDirectory, createTestRepository } from '@deployguard/testkit';
import type { TestRepository } from '@deployguard/testkit';
import fc from 'fast-check';
import { exportTree } from './export-tree.ts';
import type { ExportOptions } from './export-tree.ts';
import { createLinkWalker } from './tree-links.ts';

test('the files of a commit are written byte by byte, with their right to be run', async () => {
  await using source = createTestRepository();
  const large = Buffer.alloc(6 * 1024 * 1024, 'large file ');
  const commit = source.commit({
    files: {
      'a.txt': 'a',
      'copy/of/a.txt': 'a',
      'bin/run': { content: '#!/bin/sh\n', mode: '100755' },
      'ä€.bin': Buffer.from([0, 255, 10, 13]),
      large,
      'large-to-run': { content: large, mode: '100755' },
      // Devices only where nobody deploys.
      NUL: 'n',
      'aux.c': 'c',
    },
  });

  await exported(source, commit, {}, (folder) => {
    assert.deepEqual(readdirSync(folder, { recursive: true }).sort(), [
      'NUL',
      'a.txt',
      'aux.c',
      'bin',
      'bin/run',
      'copy',
      'copy/of',
      'copy/of/a.txt',
      'large',
      'large-to-run',
      'ä€.bin',
    ]);
    assert.deepEqual(readFileSync(join(folder, 'ä€.bin')), Buffer.from([0, 255, 10, 13]));
    assert.equal(hash(readFileSync(join(folder, 'large'))), hash(large));
    assert.equal(hash(readFileSync(join(folder, 'large-to-run'))), hash(large));
    assert.deepEqual(
      ['a.txt', 'bin/run', 'large', 'large-to-run'].map((name) => lstatSync(join(folder, name)).mode & 0o111),
      [0, 0o111, 0, 0o111],
    );
  });
});

test('links that lead inside are made, all others are left out with a remark', async () => {
  await using source = createTestRepository();
  const link = (content: string) => ({ content, mode: '120000' });
  const commit = source.commit({
    files: {
      'a.txt': 'a',
      inside: link('a.txt'),
      'dir/up': link('../a.txt'),
      'dir/dangling': link('not-there'),
      out: link('../../etc/passwd'),
      absolute: link('/etc/passwd'),
      // Each alone leads inside; together they do not.
      'deep/down/here': link('../..'),
      chain: link('deep/down/here/..'),
      circle: link('circle'),
    },
  });

  await exported(source, commit, {}, (folder, remarks) => {
    assert.equal(readlinkSync(join(folder, 'inside')), 'a.txt');
    assert.equal(readFileSync(join(folder, 'dir/up'), 'utf8'), 'a');
    assert.equal(readlinkSync(join(folder, 'dir/dangling')), 'not-there');
    assert.equal(readlinkSync(join(folder, 'deep/down/here')), '../..');
    const left = ['absolute', 'chain', 'circle', 'out'];
    for (const name of left) assert.ok(!existsSync(join(folder, name)), name);
    assert.deepEqual(remarks, ['"absolute", "chain", "circle" and 1 more: links that lead out of the repository are left out.']);
  });
});

test('a link is judged as the file system would follow it', () => {
  const part = fc.constantFrom('..', '.', 'a', 'b', 'c', '');
  const path = fc.array(fc.constantFrom('a', 'b', 'c'), { minLength: 1, maxLength: 3 }).map((parts) => parts.join('/'));
  const target = fc.array(part, { minLength: 1, maxLength: 4 }).map((parts) => parts.join('/'));

  fc.assert(
    fc.property(fc.dictionary(path, target, { maxKeys: 4 }), (tree) => {
      const links = new Map(Object.entries(tree));
      const staysInside = createLinkWalker(links);
      for (const path of links.keys()) if (staysInside(path)) assert.ok(walksInside(path, links), JSON.stringify(tree));
    }),
  );
});

test('a file below a link, and two entries of one name, are refused', async () => {
  await using source = createTestRepository();
  const inner = source.writeTree([{ mode: '100644', name: 'passwd', oid: source.writeBlob('mine') }]);
  const trees = [
    source.writeTree([
      { mode: '120000', name: 'etc', oid: source.writeBlob('var') },
      { mode: '40000', name: 'etc', oid: inner },
    ]),
    source.writeTree([
      { mode: '100644', name: 'a', oid: source.writeBlob('one') },
      { mode: '100644', name: 'a', oid: source.writeBlob('two') },
    ]),
  ];

  for (const tree of trees)
    await assert.rejects(exported(source, source.commit({ tree, branch: undefined }), {}), { code: 'TREE_UNSAFE', fault: 'application' });
});

test('names that lead elsewhere are refused', async () => {
  await using source = createTestRepository();
  for (const name of ['..', '.', '.git', '.GIT', 'git~1']) {
    const tree = source.writeTree([
      { mode: '40000', name, oid: source.writeTree([{ mode: '100644', name: 'config', oid: source.writeBlob('x') }]) },
    ]);

    await assert.rejects(exported(source, source.commit({ tree, branch: undefined }), {}), { code: 'TREE_UNSAFE' }, name);
  }
});

test('a name that no file can have is refused', async () => {
  await using source = createTestRepository();

  await assert.rejects(exported(source, source.commit({ files: { ['x'.repeat(300)]: 'x' } }), {}), {
    code: 'TREE_UNSAFE',
    message: /too long/,
  });
});

test('names that differ in case only never make a link out of a folder', async () => {
  await using source = createTestRepository();
  const commit = source.commit({ files: { 'Docs/a.txt': 'a', docs: { content: '..', mode: '120000' } } });

  await exported(source, commit, {}, (folder) => {
    assert.ok(lstatSync(join(folder, 'Docs')).isDirectory());
    assert.ok(!existsSync(join(folder, 'docs')));
  });
});

test('files whose content Git LFS has are written as their pointers, and named', async () => {
  await using source = createTestRepository();
  const pointer = (digit: string) => `version https://git-lfs.github.com/spec/v1\noid sha256:${digit.repeat(64)}\nsize 12345\n`;
  const files = {
    'a.png': pointer('1'),
    'b.png': pointer('1'),
    'c.png': pointer('2'),
    'd.png': pointer('3'),
    'lfs.md': `\n${pointer('4')}`,
  };

  await exported(source, source.commit({ files }), {}, (folder, remarks) => {
    assert.equal(readFileSync(join(folder, 'a.png'), 'utf8'), files['a.png']);
    assert.equal(remarks.length, 1);
    for (const word of ['"a.png"', '"b.png"', 'and 1 more', 'Git LFS']) assert.ok(remarks[0]!.includes(word), word);
  });
});

test('a commit that is larger than allowed is refused before anything is written', async () => {
  await using source = createTestRepository();
  const commit = source.commit({ files: { large: Buffer.alloc(1000) } });

  await assert.rejects(exported(source, commit, { maxBytes: 999 }), { code: 'TREE_TOO_LARGE', message: /999/ });
});

test('a commit of which an object is missing is refused before anything is written, whatever else it holds', async () => {
  await using source = createTestRepository();
  using place = createTemporaryDirectory();
  const tree = source.writeTree([
    { mode: '100644', name: 'gone', oid: '1'.repeat(40) },
    { mode: '40000', name: 'in', oid: source.writeTree([{ mode: '100644', name: 'large', oid: source.writeBlob(Buffer.alloc(1000)) }]) },
  ]);

  const commit = source.commit({ tree, branch: undefined });

  await assert.rejects(exported(source, commit, { directory: place.path, maxBytes: 999 }), { code: 'OBJECT_MISSING' });

  assert.deepEqual(readdirSync(place.path), []);
});

test('B9 one that is cancelled writes no further, however many files have the same content', async () => {
  await using source = createTestRepository();
  using place = createTemporaryDirectory();
  for (const [files, content] of [
    [20_000, 'small'],
    [200, Buffer.alloc(5 * 1024 * 1024)],
  ] as const) {
    const directory = join(place.path, String(content.length));
    mkdirSync(directory);
    const oid = source.writeBlob(content);
    const tree = source.writeTree(Array.from({ length: files }, (_, at) => ({ mode: '100644', name: `a${1e6 + at}`, oid })));
    const controller = new AbortController();
    const watch = setInterval(() => {
      if (readdirSync(directory).length > 3) controller.abort();
    }, 10);

    const work = exported(source, source.commit({ tree, branch: undefined }), { directory, maxBytes: 1e12, signal: controller.signal });
    await assert.rejects(work, { code: 'CANCELLED', fault: 'user' }).finally(() => clearInterval(watch));

    assert.ok(readdirSync(directory).length < files);
  }
});

test('B9 folders count as what they take, however often a tree holds the same one', async () => {
  await using source = createTestRepository();
  using place = createTemporaryDirectory();
  const folders = (name: string, oid: string) =>
    Array.from({ length: 110 }, (_, at) => ({ mode: '40000', name: `${name}${1e3 + at}`, oid }));
  const file = source.writeTree([{ mode: '100644', name: 'f', oid: source.writeBlob('x') }]);
  const inner = source.writeTree(folders('a', file));
  const middle = source.writeTree(folders('b', inner));
  const commit = (tree: string): string => source.commit({ tree, branch: undefined });

  // 110 times 110 and the 110 above them, of 4 KiB each.
  await assert.rejects(exported(source, commit(middle), { directory: place.path, maxBytes: 12_210 * 4096 }), { code: 'TREE_TOO_LARGE' });
  let chain = file;
  for (let depth = 0; depth < 90; depth++) chain = source.writeTree([{ mode: '40000', name: 'd', oid: chain }]);
  const chains = source.writeTree(folders('b', source.writeTree(folders('a', chain))));
  await assert.rejects(exported(source, commit(chains), { directory: place.path }), {
    code: 'TREE_TOO_LARGE',
    message: /1000000 files and folders/,
  });

  assert.deepEqual(readdirSync(place.path), []);
  const two = { 'a/b/c': 'x', 'a/b/d': 'x', 'a/c': 'x', 'ab/c': 'x', 'a.d': 'x' };
  await exported(source, source.commit({ files: two }), { maxBytes: 3 * 4096 + 5 });
  await assert.rejects(exported(source, source.commit({ files: two }), { maxBytes: 3 * 4096 + 4 }), { code: 'TREE_TOO_LARGE' });
});

test('B9 links that lead through many others, over long ways, are given up', { timeout: 120_000 }, async () => {
  await using source = createTestRepository();
  const deep = 'd/'.repeat(900);
  const way = 'd/../'.repeat(700);
  const link = (content: string) => ({ content, mode: '120000' });
  const hops = Array.from({ length: 39 }, (_, at) => [`${deep}l${at}`, link(`${way}l${at + 1}`)]);
  const starts = Array.from({ length: 500 }, (_, at) => [`s${at}`, link(`${deep}l0`)]);
  const files = Object.fromEntries([...hops, ...starts]);

  await assert.rejects(exported(source, source.commit({ files }), {}), { code: 'TREE_UNSAFE', message: /links of the commit/ });
});

test('of many links and submodules that are left out three are named, and how many there are', async () => {
  await using source = createTestRepository();
  const rows = (name: string, mode: string, oid: string) =>
    Array.from({ length: 30 }, (_, at) => ({ mode, name: `${name}${10 + at}`, oid }));
  const tree = source.writeTree([...rows('link', '120000', source.writeBlob('/etc')), ...rows('module', '160000', '1'.repeat(40))]);

  await exported(source, source.commit({ tree, branch: undefined }), {}, (_, remarks) => {
    assert.deepEqual(remarks, [
      '"module10", "module11", "module12" and 27 more: submodules are left out.',
      '"link10", "link11", "link12" and 27 more: links that lead out of the repository are left out.',
    ]);
  });
});

async function exported(
  source: TestRepository,
  commit: string,
  options: Partial<ExportOptions>,
  look?: (folder: string, remarks: readonly string[]) => void,
): Promise<void> {
  using work = createTemporaryDirectory();
  const directory = join(work.path, 'top', 'app');
  const workDirectory = join(work.path, 'git');
  mkdirSync(directory, { recursive: true });
  mkdirSync(workDirectory);
  source.updateRef('refs/heads/exported', commit);
  await using repository = await openLocalRepository(source.path, { workDirectory });
  const remarks: string[] = [];
  try {
    await exportTree({ repository, commit, directory, onRemark: (text) => remarks.push(text), ...options });
    look?.(directory, remarks);
  } finally {
    assert.deepEqual(readdirSync(join(work.path, 'top')), ['app'], 'nothing stands outside');
  }
}

/** As path_resolution(7) describes it, written once more and differently: links are replaced in the text of the path. */
function walksInside(path: string, links: ReadonlyMap<string, string>): boolean {
  let rest = path;
  let done = '';
  for (let steps = 0; steps < 1000 && rest !== ''; steps++) {
    const [head = '', ...tail] = rest.split('/');
    rest = tail.join('/');
    if (head === '' || head === '.') continue;
    if (head === '..') {
      if (done === '') return false;
      done = done.includes('/') ? done.slice(0, done.lastIndexOf('/')) : '';
      continue;
    }
    const next = done === '' ? head : `${done}/${head}`;
    const target = links.get(next);
    if (target === undefined) done = next;
    else if (target.startsWith('/')) return false;
    else rest = rest === '' ? target : `${target}/${rest}`;
  }
  return rest === '';
}

function hash(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
