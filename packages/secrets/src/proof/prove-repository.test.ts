import assert from 'node:assert/strict';
import { appendFileSync, cpSync, mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { buildToken, createTemporaryDirectory, createTestRepository, writeLooseObject } from '@deployguard/testkit';
import type { TestRepository } from '@deployguard/testkit';
import type { Proof } from './proof.ts';
import { proveRepository } from './prove-repository.ts';
import type { ProveOptions } from './prove-options.ts';

const work = createTemporaryDirectory('deployguard-proof-');
after(() => work.dispose());

const token = buildToken({ prefix: 'tk', length: 24 });
const base: Omit<ProveOptions, 'values'> = {
  name: 'example/app',
  tool: { name: 'deployguard', version: '0.0.0' },
  now: new Date('2026-11-20T12:00:00Z'),
  workDirectory: work.path,
};

async function prove(repository: TestRepository, options: Partial<ProveOptions> = {}): Promise<Proof> {
  return await proveRepository(repository.gitDir, { ...base, values: [{ value: token, hash: 'f'.repeat(64) }], ...options });
}

function failedChecks(proof: Proof): string[] {
  return proof.checks.filter(({ passed }) => !passed).map(({ name }) => name);
}

function createClean(): TestRepository {
  const repository = createTestRepository({ bare: true });
  repository.commit({ files: { 'README.md': 'Hello\n', 'src/a.ts': 'export const a = 1;\n' }, message: 'Begin\n' });
  repository.commit({ files: { 'src/a.ts': 'export const a = 2;\n' }, message: 'Go on\n' });
  repository.tag('v1', { target: repository.resolveRef('refs/heads/main'), message: 'First\n' });
  return repository;
}

/** Ways to write the token that a careless cleaning leaves behind. */
const forms: Readonly<Record<string, (value: string) => Buffer>> = {
  plain: (value) => Buffer.from(value),
  'UTF-16LE': (value) => Buffer.from(value, 'utf16le'),
  'UTF-16BE': (value) => Buffer.from(value, 'utf16le').swap16(),
  base64: (value) => Buffer.from(Buffer.from(value).toString('base64')),
  'base64, shifted by one': (value) => Buffer.from(Buffer.from(`:${value}`).toString('base64')),
  'base64, shifted by two': (value) => Buffer.from(Buffer.from(`a:${value}`).toString('base64url')),
  hex: (value) => Buffer.from(Buffer.from(value).toString('hex')),
  percent: (value) => Buffer.from([...Buffer.from(value)].map((byte) => `%${byte.toString(16)}`).join('')),
  'JSON \\u': (value) => Buffer.from([...value].map((c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`).join('')),
};

/** Places that a careless cleaning forgets. Those that git keeps as text cannot hold NUL bytes. */
const carriers: readonly { name: string; isText: boolean; put: (repository: TestRepository, bytes: Buffer) => unknown }[] = [
  { name: 'file', isText: false, put: (repository, bytes) => repository.commit({ files: { 'x.txt': around(bytes) } }) },
  {
    name: 'binary file',
    isText: false,
    put: (repository, bytes) => repository.commit({ files: { 'x.bin': Buffer.concat([Buffer.alloc(9000), bytes]) } }),
  },
  { name: 'gzip', isText: false, put: (repository, bytes) => repository.commit({ files: { 'x.gz': gzipSync(around(bytes)) } }) },
  {
    name: 'symlink target',
    isText: true,
    put: (repository, bytes) => repository.commit({ files: { link: { mode: '120000', content: bytes } } }),
  },
  { name: 'file name', isText: true, put: (repository, bytes) => repository.commit({ tree: nameTree(repository, bytes, '100644') }) },
  { name: 'directory name', isText: true, put: (repository, bytes) => repository.commit({ tree: nameTree(repository, bytes, '40000') }) },
  { name: 'commit message', isText: false, put: (repository, bytes) => repository.commit({ message: around(bytes) }) },
  {
    name: 'author',
    isText: true,
    put: (repository, bytes) => repository.commit({ author: `Ada <${bytes.toString('latin1')}@example.com>` }),
  },
  { name: 'commit header', isText: true, put: (repository, bytes) => repository.commit({ headers: `note ${bytes.toString('latin1')}` }) },
  {
    name: 'tag message',
    isText: true,
    put: (repository, bytes) => repository.tag('t', tagOf(repository, `${bytes.toString('latin1')}\n`)),
  },
  {
    name: 'tag of a blob',
    isText: false,
    put: (repository, bytes) => repository.tag('b', { target: repository.writeBlob(around(bytes)) }),
  },
  {
    name: 'note',
    isText: true,
    put: (repository, bytes) => repository.note(repository.resolveRef('refs/heads/main'), bytes.toString('latin1')),
  },
  { name: 'stash', isText: true, put: (repository, bytes) => repository.stash({ 'README.md': bytes }) },
  { name: 'unreachable object', isText: false, put: (repository, bytes) => repository.writeBlob(around(bytes)) },
  { name: 'replace ref', isText: false, put: putReplacement },
  { name: 'stray file', isText: false, put: (repository, bytes) => writeFileSync(join(repository.gitDir, 'description'), around(bytes)) },
  {
    name: 'reflog',
    isText: true,
    put: (repository, bytes) => {
      mkdirSync(join(repository.gitDir, 'logs'));
      appendFileSync(join(repository.gitDir, 'logs/HEAD'), bytes);
    },
  },
];

function around(bytes: Buffer): Buffer {
  return Buffer.concat([Buffer.from('before '), bytes, Buffer.from(' after\n')]);
}

function nameTree(repository: TestRepository, name: Buffer, mode: string): string {
  const oid = mode === '40000' ? repository.writeTree([]) : repository.writeBlob('');
  return repository.writeObject('tree', Buffer.concat([Buffer.from(`${mode} `), name, Buffer.from([0]), Buffer.from(oid, 'hex')]));
}

function tagOf(repository: TestRepository, message: string): { target: string; message: string } {
  return { target: repository.resolveRef('refs/heads/main'), message };
}

function putReplacement(repository: TestRepository, bytes: Buffer): void {
  const main = repository.resolveRef('refs/heads/main');
  repository.updateRef(`refs/replace/${main}`, repository.commit({ message: around(bytes), branch: undefined }));
}

test('a repository without the values is proven, and the proof says what was read', async () => {
  await using repository = createClean();

  const proof = await prove(repository);

  assert.equal(proof.verdict, 'proven', JSON.stringify(proof.checks));
  assert.deepEqual(proof.repository.refCount, 2);
  const counts = Object.fromEntries(Object.entries(proof.searched.objects).map(([type, { count }]) => [type, count]));
  assert.deepEqual(counts, { commit: 2, tree: 4, blob: 3, tag: 1 });
  assert.deepEqual(proof.searched.values, [{ hash: 'f'.repeat(64) }]);
  assert.equal(proof.createdAt, '2026-11-20T12:00:00.000Z');
});

for (const carrier of carriers) {
  test(`G25: a value left in the ${carrier.name} fails the proof in every form`, async () => {
    for (const [form, encode] of Object.entries(forms)) {
      const bytes = encode(token);
      if (carrier.isText && bytes.includes(0)) continue;
      await using repository = createClean();
      carrier.put(repository, bytes);

      const proof = await prove(repository);

      assert.equal(proof.verdict, 'failed', form);
      assert.ok(proof.found.count >= 1, form);
      assert.ok(!JSON.stringify(proof).includes(token), form);
    }
  });
}

test('the same holds when all objects are packed', async () => {
  for (const carrier of carriers.filter(({ name }) => !['unreachable object', 'stray file', 'reflog'].includes(name))) {
    await using repository = createClean();
    carrier.put(repository, forms['base64']!(token));
    await repository.pack();

    const proof = await prove(repository);

    assert.ok(proof.found.count >= 1, carrier.name);
  }
});

test('a value in a ref name, loose or packed, fails the proof, which does not repeat the name', async () => {
  for (const isPacked of [false, true]) {
    await using repository = createClean();
    repository.updateRef(`refs/heads/fix-${token}`, repository.resolveRef('refs/heads/main'));
    if (isPacked) await repository.pack();

    const proof = await prove(repository);

    assert.deepEqual(failedChecks(proof), ['no-value-found']);
    assert.ok(proof.found.places.some(({ where }) => where === 'ref name'));
    assert.ok(!JSON.stringify(proof).includes(token));
  }
});

for (const { name, value } of [
  { name: 'long parts', value: `${buildToken({ prefix: 'aa', length: 10 })}/${buildToken({ prefix: 'bb', length: 10 })}` },
  { name: 'parts too short to be looked for', value: 'k9/x7q/2w' },
]) {
  for (const isPacked of [false, true]) {
    test(`a value that a path spells over directories is found: ${name}, ${isPacked ? 'packed' : 'loose'}`, async () => {
      await using repository = createClean();
      repository.commit({ files: { [`x${value}y`]: 'content\n' } });
      if (isPacked) await repository.pack();

      const proof = await prove(repository, { values: [{ value, hash: '0'.repeat(64) }] });

      assert.deepEqual(
        proof.found.places.map(({ where }) => where),
        ['path'],
      );
    });
  }
}

test('a loose object that a packed one of the same id hides is read too', async () => {
  await using repository = createClean();
  const oid = repository.writeBlob('innocent\n');
  repository.commit({ files: { 'x.txt': 'innocent\n' } });
  await repository.pack();
  // Stored under the id of another content, as no honest git would.
  const other = writeLooseObject(repository.gitDir, 'sha1', 'blob', Buffer.from(`${token}\n`));
  const pathOf = (id: string): string => join(repository.gitDir, 'objects', id.slice(0, 2), id.slice(2));
  mkdirSync(join(repository.gitDir, 'objects', oid.slice(0, 2)), { recursive: true });
  cpSync(pathOf(other), pathOf(oid));
  rmSync(pathOf(other));

  const proof = await prove(repository);

  assert.deepEqual(failedChecks(proof), ['no-value-found', 'object-store-consistent']);
});

test('an object that is not what its id says fails the proof', async () => {
  await using repository = createClean();
  const oid = writeLooseObject(repository.gitDir, 'sha1', 'blob', Buffer.from('one'));
  const other = writeLooseObject(repository.gitDir, 'sha1', 'blob', Buffer.from('two'));
  const pathOf = (id: string): string => join(repository.gitDir, 'objects', id.slice(0, 2), id.slice(2));
  rmSync(pathOf(oid));
  cpSync(pathOf(other), pathOf(oid));

  const proof = await prove(repository);

  assert.deepEqual(failedChecks(proof), ['every-object-read']);
});

test('a damaged object, a missing one and an empty repository fail the proof', async () => {
  await using damaged = createClean();
  const oid = damaged.writeBlob('some content');
  const path = join(damaged.gitDir, 'objects', oid.slice(0, 2), oid.slice(2));
  rmSync(path);
  writeFileSync(path, 'no zlib stream');
  await using missing = createClean();
  rmSync(join(missing.gitDir, 'objects', missing.writeBlob('Hello\n').slice(0, 2)), { recursive: true });
  await using empty = createTestRepository({ bare: true });

  assert.equal((await proveOrError(damaged)).includes('proven'), false);
  assert.ok((await proveOrError(missing)).includes('connected'));
  assert.ok((await proveOrError(empty)).includes('every-object-read'));
});

async function proveOrError(repository: TestRepository): Promise<string[]> {
  try {
    const proof = await prove(repository);
    return proof.verdict === 'proven' ? ['proven'] : failedChecks(proof);
  } catch (error) {
    return [String(error)];
  }
}

test('nothing to search for, and a value too short to search, are errors', async () => {
  await using repository = createClean();

  await assert.rejects(prove(repository, { values: [] }), { code: 'NOTHING_TO_PROVE' });
  await assert.rejects(prove(repository, { values: [{ value: 'abc', hash: '' }] }), { code: 'VALUE_TOO_SHORT' });
});

test('alternates, a shallow file, grafts, a promisor pack and a symbolic link fail the proof', async () => {
  await using other = createClean();
  const hostile: Record<string, (gitDir: string) => void> = {
    'self-contained': (gitDir) => writeFileSync(join(gitDir, 'objects/info/alternates'), `${other.gitDir}/objects\n`),
    'self-contained ': (gitDir) => writeFileSync(join(gitDir, 'shallow'), `${other.resolveRef('refs/heads/main')}\n`),
    'self-contained  ': (gitDir) => {
      mkdirSync(join(gitDir, 'info'), { recursive: true });
      writeFileSync(join(gitDir, 'info/grafts'), `${other.resolveRef('refs/heads/main')}\n`);
    },
    'self-contained   ': (gitDir) => {
      const pack = readdirSync(join(gitDir, 'objects/pack')).find((name) => name.endsWith('.pack'))!;
      writeFileSync(join(gitDir, 'objects/pack', pack.replace('.pack', '.promisor')), '');
    },
    'object-store-consistent': (gitDir) => symlinkSync('/etc/hostname', join(gitDir, 'link')),
  };
  for (const [check, plant] of Object.entries(hostile)) {
    await using repository = createClean();
    await repository.pack();
    plant(repository.gitDir);

    const proof = await prove(repository);

    assert.ok(failedChecks(proof).includes(check.trim()), `${check}: ${JSON.stringify(failedChecks(proof))}`);
  }
});

test('SHA-256 repositories are proven and failed alike', async () => {
  await using repository = createTestRepository({ bare: true, objectFormat: 'sha256' });
  repository.commit({ files: { a: 'clean\n' } });
  const clean = await prove(repository);
  repository.commit({ files: { a: `${token}\n` } });

  const dirty = await prove(repository);

  assert.equal(clean.verdict, 'proven', JSON.stringify(clean.checks));
  assert.deepEqual(failedChecks(dirty), ['no-value-found']);
});

test('threads find what one thread finds', async () => {
  await using repository = createTestRepository({ bare: true });
  const blobs = [...Array(7000).keys()].map((i) => (i % 1000 === 999 ? `${i} ${token}` : `${i}`));
  const stream = blobs.map((text, i) => `blob\nmark :${i + 1}\ndata ${text.length}\n${text}\n`).join('');
  const files = blobs.map((_, i) => `M 100644 :${i + 1} ${i}\n`).join('');
  const commit = `commit refs/heads/main\ncommitter Ada <ada@example.com> 1 +0000\ndata 1\n.\n${files}`;
  await repository.git(['fast-import', '--quiet'], { stdin: stream + commit });

  const one = await prove(repository, { lanes: 1 });
  const two = await prove(repository, { lanes: 2 });

  assert.equal(one.found.count, 7);
  assert.deepEqual(two.searched, one.searched);
  assert.deepEqual(sortPlaces(two), sortPlaces(one));
});

function sortPlaces(proof: Proof): string[] {
  return proof.found.places.map(({ where }) => where).sort();
}

test('a work tree and a bundle are proven as the repository in them', async () => {
  await using repository = createTestRepository();
  repository.commit({ files: { a: 'clean\n' } });
  const bundle = join(repository.path, 'app.bundle');
  await repository.git(['bundle', 'create', '-q', bundle, '--all']);
  const options = { ...base, values: [{ value: token, hash: 'f'.repeat(64) }] };

  const clean = await Promise.all([repository.path, bundle].map((path) => proveRepository(path, options)));
  repository.commit({ files: { a: token } });
  await repository.git(['bundle', 'create', '-q', bundle, '--all']);
  const dirty = await Promise.all([repository.path, bundle].map((path) => proveRepository(path, options)));

  for (const proof of clean) assert.equal(proof.verdict, 'proven', JSON.stringify(proof.checks));
  for (const proof of dirty) assert.deepEqual(failedChecks(proof), ['no-value-found']);
});

test('G16: a value in an object too large for memory is found, and the object’s id is checked', async () => {
  await using repository = createClean();
  const content = Buffer.alloc(70 * 1024 * 1024);
  content.write(token, 65_536 * 1000 - 7);
  const oid = repository.writeBlob(content);

  const proof = await prove(repository);

  assert.deepEqual(failedChecks(proof), ['no-value-found']);
  assert.equal(proof.found.places[0]!.where, `blob ${oid}`);
  assert.equal(proof.found.places[0]!.at, 65_536 * 1000 - 7);
});

test('a cancelled proof ends with the reason and leaves nothing behind, in threads or without', async () => {
  await using repository = createTestRepository({ bare: true });
  const blobs = [...Array(7000).keys()].map((i) => `blob\ndata ${String(i).length}\n${i}\n`).join('');
  await repository.git(['fast-import', '--quiet'], { stdin: blobs });
  for (const lanes of [1, 2]) {
    const workDirectory = join(work.path, `cancelled-${lanes}`);
    const controller = new AbortController();
    const running = prove(repository, { workDirectory, lanes, signal: controller.signal, onProgress: () => controller.abort() });

    await assert.rejects(running, { code: 'ABORTED' });
    assert.deepEqual(readdirSync(workDirectory), []);
  }
});
