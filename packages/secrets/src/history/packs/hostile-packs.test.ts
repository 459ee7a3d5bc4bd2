import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { createTemporaryDirectory } from '@deployguard/testkit';
import { createRandom } from './build-test-bytes.ts';
import { createDetectorMatcher, describeDetector } from './detector-matcher.ts';
import { scanPacks, type PackScan, type ScannedObject, type ScanPacksOptions } from './scan-packs.ts';
import { encodeTestDelta, writeTestPack, type TestPackEntry } from './write-test-pack.ts';

interface Outcome extends PackScan {
  readonly objects: readonly ScannedObject[];
  /** `reason: number of objects`. */
  readonly leftCounts: Readonly<Record<string, number>>;
}

const matcher = describeDetector();
const ownMatcher = await createDetectorMatcher({});

async function scanStore(objectDirectory: string, options: Partial<ScanPacksOptions> = {}): Promise<Outcome> {
  const objects: ScannedObject[] = [];
  const scan = await scanPacks({
    objectDirectories: [objectDirectory],
    objectFormat: 'sha1',
    matcher,
    ownMatcher,
    keepDropped: true,
    onObject: (object) => objects.push(object),
    onName: () => {},
    ...options,
  });
  return { ...scan, objects, leftCounts: Object.fromEntries(scan.left.map(({ reason, oids }) => [reason, oids.length])) };
}

async function scanPack(entries: readonly TestPackEntry[], options?: Partial<ScanPacksOptions>): Promise<Outcome> {
  using directory = createTemporaryDirectory();
  writeTestPack(directory.path, entries);
  const outcome = await scanStore(directory.path, options);
  // Whatever the pack: each object is scanned or left, never forgotten and never both.
  const scanned = Object.values(outcome.scanned).reduce((sum, { objects }) => sum + objects, 0);
  const left = outcome.left.flatMap(({ oids }) => oids);
  assert.equal(scanned + left.length, entries.length);
  assert.equal(new Set(left).size, left.length);
  for (const { oid } of entries) assert.equal(outcome.isScanned(oid), !left.includes(oid));
  return outcome;
}

function oidOf(name: string): string {
  return createHash('sha1').update(name).digest('hex');
}

/** A value that is found: assembled here so that no file holds it. */
const secretLine = Buffer.from(`password = "${['x7Kq', '9vTz', '2mWd', 'Lp4R'].join('')}"\n`);

const honest: TestPackEntry = { oid: oidOf('honest'), kind: 'blob', data: secretLine };

test('an entry whose header lies about its size is left with everything that is built on it, and the others are scanned', async () => {
  const outcome = await scanPack([
    honest,
    { oid: oidOf('tiny'), kind: 'blob', data: Buffer.alloc(100_000), size: 5 },
    { oid: oidOf('huge'), kind: 'blob', data: Buffer.from('small'), size: 2 ** 40 },
    { oid: oidOf('on tiny'), kind: 'ofs-delta', base: 1, data: encodeTestDelta(5, [[0, 5]]) },
    { oid: oidOf('on that'), kind: 'ofs-delta', base: 3, data: encodeTestDelta(5, [[0, 5]]) },
  ]);

  assert.deepEqual(outcome.leftCounts, { unreadable: 1, 'too-large': 1, 'base-left': 2 });
  assert.deepEqual(
    outcome.objects.map(({ oid }) => oid),
    [honest.oid],
  );
});

test('a delta that lies about its base, its result or its own length is left', async () => {
  const outcome = await scanPack([
    honest,
    { oid: oidOf('base'), kind: 'ofs-delta', base: 0, data: encodeTestDelta(secretLine.length + 1, [[0, 3]]) },
    { oid: oidOf('result'), kind: 'ofs-delta', base: 0, data: encodeTestDelta(secretLine.length, [[0, 3]], 4) },
    { oid: oidOf('gigabytes'), kind: 'ofs-delta', base: 0, data: encodeTestDelta(secretLine.length, [[0, 3]], 2 ** 42) },
    { oid: oidOf('outside'), kind: 'ofs-delta', base: 0, data: encodeTestDelta(secretLine.length, [[1, secretLine.length]]) },
    { oid: oidOf('empty'), kind: 'ofs-delta', base: 0, data: Buffer.alloc(0) },
    { oid: oidOf('good'), kind: 'ofs-delta', base: 0, data: encodeTestDelta(secretLine.length, [[0, secretLine.length]]) },
  ]);

  assert.deepEqual(outcome.leftCounts, { unreadable: 4, 'too-large': 1 });
  assert.deepEqual(outcome.objects.map(({ oid }) => oid).sort(), [honest.oid, oidOf('good')].sort());
});

test('deltas in a circle, on themselves, on nothing, and on the middle of an entry are left', async () => {
  const data = encodeTestDelta(3, [[0, 3]]);
  const outcome = await scanPack([
    honest,
    { oid: oidOf('a'), kind: 'ref-delta', baseOid: oidOf('b'), data },
    { oid: oidOf('b'), kind: 'ref-delta', baseOid: oidOf('c'), data },
    { oid: oidOf('c'), kind: 'ref-delta', baseOid: oidOf('a'), data },
    { oid: oidOf('on the circle'), kind: 'ref-delta', baseOid: oidOf('a'), data },
    { oid: oidOf('self'), kind: 'ref-delta', baseOid: oidOf('self'), data },
    { oid: oidOf('thin'), kind: 'ref-delta', baseOid: oidOf('elsewhere'), data },
    { oid: oidOf('middle'), kind: 'ofs-delta', distance: 3, data },
    { oid: oidOf('zero'), kind: 'ofs-delta', distance: 0, data },
    { oid: oidOf('before the start'), kind: 'ofs-delta', distance: 1_000_000, data },
  ]);

  assert.deepEqual(outcome.leftCounts, { 'base-missing': 9 });
  assert.equal(outcome.objects.length, 1);
});

test('broken compressed data are left', async () => {
  const outcome = await scanPack([
    honest,
    { oid: oidOf('noise'), kind: 'blob', data: Buffer.from('content'), stream: Buffer.from('this is not zlib data') },
    { oid: oidOf('nothing'), kind: 'blob', data: Buffer.from('content'), stream: Buffer.alloc(1) },
    { oid: oidOf('on noise'), kind: 'ofs-delta', base: 1, data: encodeTestDelta(7, [[0, 7]]) },
  ]);

  assert.deepEqual(outcome.leftCounts, { unreadable: 2, 'base-left': 1 });
});

test('a tree that ends within an entry is left, and the names before that are searched all the same', async () => {
  const names: string[] = [];
  const name = `token=${['ghp', '_'].join('')}`;
  const whole = Buffer.concat([Buffer.from('100644 a\0'), Buffer.alloc(20)]);
  const cut = Buffer.concat([Buffer.from(`100644 ${secretLine.toString().trim()}\0`), Buffer.alloc(20), Buffer.from(`40000 ${name}\0abc`)]);

  const outcome = await scanPack(
    [
      { oid: oidOf('whole'), kind: 'tree', data: whole },
      { oid: oidOf('cut'), kind: 'tree', data: cut },
    ],
    { onName: ({ name }) => names.push(name) },
  );

  assert.deepEqual(outcome.leftCounts, { unreadable: 1 });
  assert.deepEqual(names, [secretLine.toString().trim()]);
});

test('a delta bomb that doubles at every step ends where memory for contents does', async () => {
  const entries: TestPackEntry[] = [{ oid: oidOf('0'), kind: 'blob', data: Buffer.alloc(1024, 'a') }];
  for (let step = 1, size = 1024; step <= 21; step++, size *= 2) {
    const copies: [number, number][] = [];
    for (let at = 0; at < 2 * size; at += 0xffff00) copies.push([0, Math.min(0xffff00, size, 2 * size - at)]);
    const ops: [number, number][] =
      size <= 0xffff00
        ? [
            [0, size],
            [0, size],
          ]
        : copies;
    entries.push({ oid: oidOf(String(step)), kind: 'ofs-delta', base: step - 1, data: encodeTestDelta(size, ops) });
  }
  const before = process.memoryUsage.rss();

  const outcome = await scanPack(entries, { limits: { contentBytes: 64 << 20 } });

  // 1 KiB doubled fourteen times is a quarter of the memory.
  assert.deepEqual(outcome.scanned.blob, { objects: 15, bytes: 1024 * (2 ** 15 - 1) });
  assert.deepEqual(outcome.leftCounts, { 'too-large': 1, 'base-left': 6 });
  assert.ok(process.memoryUsage.rss() - before < 300 << 20);
});

test('a pack whose deltas stand for terabytes is given up at the limit', async () => {
  const size = 1 << 20;
  const data = encodeTestDelta(size, [[0, size]]);
  const entries: TestPackEntry[] = [{ oid: oidOf('base'), kind: 'blob', data: Buffer.alloc(size, 'a') }];
  for (let i = 0; i < 2000; i++) entries.push({ oid: oidOf(`${i}`), kind: 'ofs-delta', base: 0, data });

  const outcome = await scanPack(entries, { limits: { totalBytes: 100 << 20 } });

  assert.deepEqual(Object.keys(outcome.leftCounts), ['limit']);
  assert.equal(outcome.scanned.blob.objects, 101);
});

test('a gigabyte of zeros in a megabyte is left without being made', async () => {
  const outcome = await scanPack([honest, { oid: oidOf('zeros'), kind: 'blob', data: Buffer.alloc(1 << 20), size: 2 ** 30 }]);

  assert.deepEqual(outcome.leftCounts, { 'too-large': 1 });
});

test('contents of a broad and deep delta tree are given up in time', async () => {
  // Each level has eight deltas; the last goes deeper. Were they all held, this would take sixteen times the memory.
  const size = 1 << 20;
  const data = encodeTestDelta(size, [[0, size - 1], Buffer.from('b')]);
  const entries: TestPackEntry[] = [{ oid: oidOf('root'), kind: 'blob', data: Buffer.alloc(size, 'a') }];
  for (let level = 0, base = 0; level < 60; level++) {
    const first = entries.length;
    for (let i = 0; i < 8; i++) entries.push({ oid: oidOf(`${level} ${i}`), kind: 'ofs-delta', base, data });
    base = first + (level % 8);
  }

  const outcome = await scanPack(entries, { limits: { contentBytes: 5 << 20 } });

  assert.deepEqual(outcome.leftCounts, {});
});

test('a pack that is cut, miscounted or another than its index says is left as a whole', async () => {
  const other = { oid: oidOf('other'), kind: 'blob', data: Buffer.from('other') } as const;
  const damages: ((path: string) => void)[] = [
    (path) => truncateSync(path, 40),
    (path) => truncateSync(path, 5),
    (path) => writeFileSync(path, Buffer.concat([readFileSync(path), Buffer.from('more')])),
    (path) => rmSync(path),
    (path) => writeFileSync(path, readFileSync(path).fill('J', 0, 1)),
  ];
  for (const damage of damages) {
    using directory = createTemporaryDirectory();
    damage(writeTestPack(directory.path, [honest, other]));

    const outcome = await scanStore(directory.path);

    assert.deepEqual(outcome.leftCounts, { 'pack-unreadable': 2 });
    assert.equal(outcome.isScanned(honest.oid), false);
  }
  using directory = createTemporaryDirectory();
  writeTestPack(directory.path, [honest, other], 3);
  assert.deepEqual((await scanStore(directory.path)).leftCounts, { 'pack-unreadable': 2 });
});

test('a pack without an index, or with one that cannot be read, is named', async () => {
  for (const damage of [(path: string) => rmSync(path), (path: string) => writeFileSync(path, 'short')]) {
    using directory = createTemporaryDirectory();
    const path = writeTestPack(directory.path, [honest]);
    damage(path.replace(/pack$/, 'idx'));

    const outcome = await scanStore(directory.path);

    assert.deepEqual(
      outcome.unlistedPacks.map((pack) => pack.path),
      [path],
    );
    assert.equal(outcome.isScanned(honest.oid), false);
  }
});

test('an index whose offsets lead out of the pack or all to one place is not followed', async () => {
  for (const offset of [0, 11, 0x7fffffff]) {
    using directory = createTemporaryDirectory();
    const path = writeTestPack(directory.path, [honest, { ...honest, oid: oidOf('second') }]);
    const index = readFileSync(path.replace(/pack$/, 'idx'));
    index.writeUInt32BE(offset, index.length - 44);
    writeFileSync(path.replace(/pack$/, 'idx'), index);

    assert.deepEqual((await scanStore(directory.path)).leftCounts, { 'pack-unreadable': 2 });
  }
});

test('an object that a pack holds twice counts once', async () => {
  using directory = createTemporaryDirectory();
  writeTestPack(directory.path, [honest, { ...honest }, { oid: oidOf('other'), kind: 'blob', data: secretLine }]);

  const outcome = await scanStore(directory.path);

  assert.equal(outcome.scanned.blob.objects, 2);
  assert.deepEqual(outcome.objects.map(({ oid }) => oid).sort(), [honest.oid, oidOf('other')].sort());
});

test('whatever bytes of a pack are damaged, the scan ends and accounts for every object', async () => {
  const random = createRandom(1);
  const entries: TestPackEntry[] = [honest];
  for (let i = 1; i < 60; i++) {
    const base = Math.floor(random() * i);
    const ops: ([number, number] | Uint8Array)[] = [[0, 10], Buffer.from(`line ${i}\n`), [10, secretLine.length - 17 - String(i).length]];
    entries.push({ oid: oidOf(`${i}`), kind: 'ofs-delta', base, data: encodeTestDelta(secretLine.length, ops, secretLine.length) });
    if (i % 20 === 0) entries[i] = { oid: oidOf(`${i}`), kind: 'blob', data: secretLine };
  }
  for (let round = 0; round < 40; round++) {
    using directory = createTemporaryDirectory();
    const path = writeTestPack(directory.path, entries);
    const bytes = readFileSync(path);
    for (let left = 1 + Math.floor(random() * 8); left > 0; left--) {
      bytes[12 + Math.floor(random() * (bytes.length - 32))] = Math.floor(random() * 256);
    }
    writeFileSync(path, bytes);

    const outcome = await scanStore(directory.path, { limits: { contentBytes: 1 << 20 } });

    const left = outcome.left.flatMap(({ oids }) => oids);
    const scanned = Object.values(outcome.scanned).reduce((sum, { objects }) => sum + objects, 0);
    assert.equal(scanned + new Set(left).size, entries.length);
  }
});

test('a thread that fails ends the scan', async () => {
  using directory = createTemporaryDirectory();
  writeTestPack(directory.path, [honest]);

  for (const workers of [1, 2]) {
    const matcher = { ...describeDetector(), create: 'thereIsNoSuchFunction' };
    await assert.rejects(scanStore(directory.path, { matcher, workers }), TypeError);
  }
});

test('a tree of deltas without end can be stopped, and does not keep timers waiting', async () => {
  const size = 1 << 20;
  const data = encodeTestDelta(size, [[0, size]]);
  const entries: TestPackEntry[] = [{ oid: oidOf('base'), kind: 'blob', data: Buffer.alloc(size, 'a') }];
  for (let i = 0; i < 20_000; i++) entries.push({ oid: oidOf(`${i}`), kind: 'ofs-delta', base: 0, data });
  using directory = createTemporaryDirectory();
  writeTestPack(directory.path, entries);
  let told = 0;
  const stop = new AbortController();

  const scanning = scanStore(directory.path, {
    signal: stop.signal,
    onProgress: ({ objects }) => {
      told = objects;
      stop.abort();
    },
  });

  await assert.rejects(scanning, { name: 'AbortError' });
  assert.ok(told > 0 && told < entries.length);
});

test('a scan stops when it is told to', async () => {
  using directory = createTemporaryDirectory();
  writeTestPack(directory.path, [honest]);

  await assert.rejects(scanStore(directory.path, { signal: AbortSignal.abort() }), { name: 'AbortError' });
  await assert.rejects(scanStore(directory.path, { signal: AbortSignal.abort(), workers: 2 }), { name: 'AbortError' });
});
