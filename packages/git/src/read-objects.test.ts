import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { collect, createTemporaryDirectory, createTestRepository } from '@deployguard/testkit';
import type { TestRepository } from '@deployguard/testkit';
import type { GitError } from './git-error.ts';
import type { GitObject } from './git-object.ts';
import { listReachableObjects } from './list-reachable-objects.ts';
import { openObjectReader } from './object-reader.ts';
import { openLocalRepository } from './open-local-repository.ts';
import { readAllObjects, readObjects } from './read-objects.ts';
import { splitObjects } from './split-objects.ts';

const blobs = {
  empty: Buffer.alloc(0),
  'line feeds': Buffer.from('\n\n\n'),
  'a false header': Buffer.from(`${'a'.repeat(40)} blob 3\nabc\n`),
  binary: randomBytes(100_000),
  'exactly a read': randomBytes(65_536),
};

test('all objects come as they were written, of every type', async () => {
  await using fixture = await openFixture();
  const expected = await listWithGit(fixture.source);

  const objects = (await collect(readAllObjects(fixture.git))).flat();

  assert.deepEqual(objects.map(({ oid, type, size }) => `${oid} ${type} ${size}`).sort(), expected);
  const byId = new Map(objects.map((object) => [object.oid, object.content]));
  for (const [name, content] of Object.entries(blobs)) assert.deepEqual(byId.get(fixture.oids[name]!), content, name);
});

test('an object larger than the buffer comes in chunks, whether they are read or not', async () => {
  await using fixture = await openFixture();
  const big = fixture.oids['binary']!;
  const small = fixture.oids['line feeds']!;

  for (const isRead of [true, false]) {
    const seen: string[] = [];
    let bytes = Buffer.alloc(0);
    for await (const objects of readObjects(fixture.git, [big, small, big], { maxBufferedBytes: 1000 })) {
      for (const object of objects) {
        seen.push(object.oid);
        if (isRead && object.chunks) bytes = Buffer.concat(await collect(object.chunks));
      }
    }
    assert.deepEqual(seen, [big, small, big]);
    if (isRead) assert.deepEqual(bytes, blobs.binary);
  }
});

test('chunks that are read too late are an error, not an empty object', async () => {
  await using fixture = await openFixture();

  const [large] = (await collect(readObjects(fixture.git, [fixture.oids['binary']!], { maxBufferedBytes: 1000 }))).flat();

  await assert.rejects(collect(large!.chunks!), { code: 'GIT_OUTPUT_INVALID' });
});

test('ids are answered in order, also when they come slowly or in batches', async () => {
  await using fixture = await openFixture();
  const wanted = Object.values(fixture.oids);
  async function* one(): AsyncGenerator<string> {
    yield* wanted;
  }
  async function* batches(): AsyncGenerator<string[]> {
    yield wanted.slice(0, 2);
    yield [];
    yield wanted.slice(2);
  }

  for (const ids of [wanted, one(), batches()]) {
    const objects = (await collect(readObjects(fixture.git, ids))).flat();
    assert.deepEqual(
      objects.map((object) => object.oid),
      wanted,
    );
  }
});

test('a missing object stops the reading, unless someone wants to know of it', async () => {
  await using fixture = await openFixture();
  const absent = '1'.repeat(40);
  const present = fixture.oids['binary']!;
  const missing: string[] = [];

  await assert.rejects(collect(readObjects(fixture.git, [absent])), { code: 'OBJECT_MISSING' });
  const objects = await collect(readObjects(fixture.git, [absent, present], { onMissing: (oid) => missing.push(oid) }));

  assert.deepEqual(
    objects.flat().map((object) => object.oid),
    [present],
  );
  assert.deepEqual(missing, [absent]);
});

test('a damaged object is never a short result: it is missing, or the end', async () => {
  await using fixture = await openFixture();
  const content = Buffer.from('to be damaged '.repeat(1000));
  const oid = fixture.source.writeBlob(content);
  const path = join(fixture.source.gitDir, 'objects', oid.slice(0, 2), oid.slice(2));
  const bytes = readFileSync(path);
  const damages = [Buffer.alloc(0), bytes.with(0, 0), bytes.with(20, bytes[20]! ^ 0x55), bytes.subarray(0, bytes.length / 2)];

  for (const damage of damages) {
    writeFileSync(path, damage);
    await using reader = openObjectReader(fixture.git);
    const reads = [() => collect(readAllObjects(fixture.git)), () => collect(readObjects(fixture.git, [oid])), () => reader.read([oid])];
    for (const read of reads) {
      await assert.rejects(read(), (error: GitError) => error.code === 'OBJECT_MISSING' || error.code === 'REPOSITORY_BROKEN');
    }
  }
});

test('ids that fail to come end the reading with their own error', async () => {
  await using fixture = await openFixture();
  async function* failing(): AsyncGenerator<string> {
    yield fixture.oids['binary']!;
    throw new RangeError('no more');
  }

  await assert.rejects(collect(readObjects(fixture.git, failing())), RangeError);
});

test('leaving in the middle ends git', async () => {
  await using fixture = await openFixture();

  for await (const objects of readAllObjects(fixture.git)) {
    assert.ok(objects.length > 0);
    break;
  }
});

test('a cancelled reading says so', async () => {
  await using fixture = await openFixture();
  const controller = new AbortController();

  const reading = async (): Promise<void> => {
    for await (const _ of readObjects(fixture.git, endlessly(fixture.oids['binary']!), { signal: controller.signal })) controller.abort();
  };

  await assert.rejects(reading(), { code: 'ABORTED' });
});

test('requests to a reader overlap and each gets its own answers', async () => {
  await using fixture = await openFixture();
  await using reader = openObjectReader(fixture.git);
  const { binary, empty } = fixture.oids;

  const answers = await Promise.all([
    reader.read([binary!, empty!]),
    reader.read([]),
    reader.read([empty!]),
    reader.read([binary!, binary!]),
  ]);

  assert.deepEqual(
    answers.map((objects) => objects.map((object) => object.size)),
    [[100_000, 0], [], [0], [100_000, 100_000]],
  );
});

test('a reader goes on after a missing object, and leaves large ones without content', async () => {
  await using fixture = await openFixture();
  await using reader = openObjectReader(fixture.git, { maxBufferedBytes: 1000 });

  await assert.rejects(reader.read(['1'.repeat(40)]), { code: 'OBJECT_MISSING' });
  const [large] = await reader.read([fixture.oids['binary']!]);
  const [small] = await reader.read([fixture.oids['line feeds']!]);

  assert.deepEqual([large?.size, large?.content], [100_000, undefined]);
  assert.deepEqual(small?.content, blobs['line feeds']);
});

test('a closed reader refuses requests', async () => {
  await using fixture = await openFixture();
  const reader = openObjectReader(fixture.git);
  await reader.close();

  await assert.rejects(reader.read([fixture.oids['empty']!]), { code: 'GIT_OUTPUT_INVALID' });
});

test('reachable objects are those of git rev-list, with further roots on request', async () => {
  await using fixture = await openFixture();
  const lost = fixture.source.commit({ files: { lost: 'lost' }, branch: undefined, parents: [] });
  const expected = (await fixture.source.git(['rev-list', '--objects', '--no-object-names', '--all', lost])).trim().split('\n');

  const withRoot = (await collect(listReachableObjects(fixture.git, { roots: [lost] }))).flat();
  const without = (await collect(listReachableObjects(fixture.git))).flat();

  assert.deepEqual(withRoot.sort(), expected.sort());
  assert.equal(without.length, expected.length - 3);
});

test('a reference to an object that is not there ends the walk, unless someone wants to know of it', async () => {
  await using fixture = await openFixture();
  const absent = '3'.repeat(40);
  const root = fixture.source.commit({ tree: fixture.source.writeTree([{ mode: '100644', name: 'x', oid: absent }]), branch: undefined });
  const missing: string[] = [];

  await assert.rejects(collect(listReachableObjects(fixture.git, { roots: [root] })), { code: 'REPOSITORY_BROKEN' });
  const found = (await collect(listReachableObjects(fixture.git, { roots: [root], onMissing: (oid) => missing.push(oid) }))).flat();

  assert.deepEqual([missing, found.includes(root), found.includes(absent)], [[absent], true, false]);
});

test('an output that is cut anywhere is put together again', async () => {
  const output = Buffer.from(
    `${'a'.repeat(40)} blob 3\nabc\n${'b'.repeat(40)} missing\n${'c'.repeat(40)} tree 0\n\n${'d'.repeat(40)} commit 5\n\n\n\n\n\n\n`,
  );
  const expected = ['a 3 abc', 'b missing', 'c 0 ', 'd 5 \n\n\n\n\n'];

  for (let size = 1; size <= output.length; size++) {
    for (const maxBufferedBytes of [100, 2]) {
      const seen: string[] = [];
      for await (const answers of splitObjects(cut(output, size), maxBufferedBytes)) {
        for (const answer of answers) {
          if ('missing' in answer) seen.push(`${answer.missing[0]} missing`);
          else seen.push(`${answer.oid[0]} ${answer.size} ${await textOf(answer)}`);
        }
      }
      assert.deepEqual(seen, expected, `pieces of ${size}`);
    }
  }
});

test('an output that ends early or is none is an error, never a short result', async () => {
  const complete = `${'a'.repeat(40)} blob 3\nabc\n`;
  const wrong = [
    ...Array.from({ length: complete.length - 1 }, (_, length) => complete.slice(0, length + 1)),
    'x y\n',
    `${complete}more`,
    `${'a'.repeat(40)} blob 2\nabc\n`,
  ];

  for (const text of wrong) {
    await assert.rejects(collect(splitObjects(cut(Buffer.from(text), 7), 100)), { code: 'GIT_OUTPUT_INVALID' }, text);
  }
});

async function* cut(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function textOf(object: GitObject): Promise<string> {
  return (object.content ?? Buffer.concat(await collect(object.chunks!))).toString('latin1');
}

function* endlessly<T>(value: T): Generator<T> {
  while (true) yield value;
}

async function openFixture() {
  const source = createTestRepository();
  const directory = createTemporaryDirectory();
  const oids = Object.fromEntries(Object.entries(blobs).map(([name, content]) => [name, source.writeBlob(content)]));
  const first = source.commit({ files: blobs });
  source.commit({ files: { 'inner/file': 'text' } });
  source.tag('v1', { target: first, message: 'Release\n' });
  await source.pack();
  source.writeBlob('loose and not reachable');
  const repository = await openLocalRepository(source.path, { workDirectory: directory.path });
  return {
    source,
    oids,
    git: repository.git,
    async [Symbol.asyncDispose]() {
      await repository.close();
      await source.dispose();
      directory.dispose();
    },
  };
}

async function listWithGit(source: TestRepository): Promise<string[]> {
  const lines = await source.git(['cat-file', '--batch-all-objects', '--batch-check']);
  return lines.trim().split('\n').sort();
}
