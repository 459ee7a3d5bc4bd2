import assert from 'node:assert/strict';
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { createGit, hashBytesOf, parseTree, readAllObjects } from '@deployguard/git';
import { buildToken, createTemporaryDirectory, createTestRepository, type TestRepository } from '@deployguard/testkit';
import { createDetector } from '../../detect/detector.ts';
import { createRandom } from './build-test-bytes.ts';
import { describeDetector, toMatcher } from './detector-matcher.ts';
import { scanPacks, type PackScan, type ScanPacksOptions } from './scan-packs.ts';

const ownMatcher = toMatcher(createDetector());

interface Found {
  /** By id and by `name …`: the matches, as text. */
  readonly matches: Map<string, string>;
  readonly counts: Record<string, { objects: number; bytes: number }>;
}

/** What the traversal finds. */
async function scanDirectly(store: string, options: Partial<ScanPacksOptions> = {}): Promise<Found & { scan: PackScan }> {
  const matches = new Map<string, string>();
  const add = (key: string, found: readonly object[]): void => {
    assert.ok(!matches.has(key), `${key} was reported twice`);
    matches.set(key, toText(found));
  };
  const scan = await scanPacks({
    objectDirectories: [join(store, 'objects')],
    objectFormat: 'sha1',
    matcher: describeDetector(),
    ownMatcher,
    keepDropped: true,
    onObject: ({ oid, matches }) => add(oid, matches),
    onName: ({ name, matches }) => add(`name ${name}`, matches),
    ...options,
  });
  return { matches, counts: scan.scanned, scan };
}

/** What scanning every object as git prints it finds. */
async function scanThroughGit(store: string, format: 'sha1' | 'sha256' = 'sha1'): Promise<Found> {
  using home = createTemporaryDirectory();
  const matches = new Map<string, string>();
  const counts: Found['counts'] = {};
  for (const type of ['commit', 'tree', 'blob', 'tag']) counts[type] = { objects: 0, bytes: 0 };
  for await (const objects of readAllObjects(createGit({ gitDir: store, homeDirectory: home.path }), { maxBufferedBytes: 2 ** 30 })) {
    for (const { oid, type, size, content } of objects) {
      counts[type]!.objects++;
      counts[type]!.bytes += size;
      const texts =
        type === 'tree'
          ? parseTree(content!, hashBytesOf(format)).map(({ name }) => ({ key: `name ${name.toString('latin1')}`, text: name }))
          : [{ key: oid, text: content! }];
      for (const { key, text } of texts) {
        if (matches.has(key)) continue;
        const found = ownMatcher.scan(text, () => {});
        if (found.length > 0) matches.set(key, toText(found));
      }
    }
  }
  return { matches, counts };
}

function toText(matches: readonly object[]): string {
  return JSON.stringify(matches.map((match) => Object.fromEntries(Object.entries(match).sort(([a], [b]) => (a < b ? -1 : 1)))));
}

function assertSame(found: Found, expected: Found): void {
  for (const [key, matches] of expected.matches) assert.equal(found.matches.get(key), matches, `other matches in ${key}`);
  assert.deepEqual([...found.matches.keys()].sort(), [...expected.matches.keys()].sort());
  assert.deepEqual(found.counts, expected.counts);
}

const token = (seed: string): string => buildToken({ prefix: ['gh', 'p_'], length: 36, seed });
const password = (seed: string): string => `password = "${buildToken({ prefix: '', length: 20, seed })}"`;

function privateKey(seed: number): string {
  const lines = Array.from({ length: 14 }, (_, i) => buildToken({ prefix: '', length: 64, seed: `${seed}/${i}` }));
  return [`-----BEGIN RSA ${'PRIVATE'} KEY-----`, ...lines, `-----END RSA ${'PRIVATE'} KEY-----`, ''].join('\n');
}

function buildLine(random: () => number): string {
  const kind = random();
  const seed = String(Math.floor(random() * 30));
  if (kind < 0.04) return `const auth = { ${password(seed)} };`;
  if (kind < 0.06) return `GITHUB=${token(seed)}`;
  if (kind < 0.08) return Buffer.from(`login:${token(seed)} and more text`).toString('base64');
  if (kind < 0.1) return encodeURIComponent(`{"${password(seed)}": "é"}`);
  return `  value ${Math.floor(random() * 1e6)} of ${['alpha', 'beta', 'token', 'secret: yes', 'key'][Math.floor(random() * 5)]};`;
}

function editLines(lines: readonly string[], random: () => number): string[] {
  const edited = [...lines];
  for (let edits = 1 + Math.floor(random() * 3); edits > 0; edits--) {
    const at = Math.floor(random() * edited.length);
    const kind = random();
    if (kind < 0.5) edited[at] = buildLine(random);
    else if (kind < 0.7) edited.splice(at, 0, buildLine(random), buildLine(random));
    else if (kind < 0.85) edited.splice(at, 2);
    // Blocks change places: copies come from behind and before.
    else edited.push(...edited.splice(at, 20));
  }
  return edited;
}

/** Many versions of files of all sorts. */
async function buildHistory(repository: TestRepository, versions: number, seed = 1): Promise<void> {
  const random = createRandom(seed);
  let source = Array.from({ length: 120 }, () => buildLine(random));
  let windows = Array.from({ length: 60 }, () => buildLine(random));
  let long = Array.from({ length: 400 }, () => buildLine(random));
  let key = privateKey(1).split('\n');
  let binary = Buffer.from(Array.from({ length: 9000 }, () => Math.floor(random() * 256)));
  for (let version = 0; version < versions; version++) {
    source = editLines(source, random);
    windows = editLines(windows, random);
    long = editLines(long, random);
    if (version % 5 === 0) key = privateKey(version).split('\n');
    // Inside the key, before its first line, behind its last.
    else if (version % 5 < 3) key = key.with(Math.floor(random() * key.length), buildToken({ prefix: '', length: 64, seed: version }));
    binary = Buffer.concat([binary.subarray(0, 4000), Buffer.from(` ${token(`b${version % 3}`)} `), binary.subarray(4000 + (version % 7))]);
    repository.commit({
      files: {
        [version % 10 < 5 ? 'src/main.ts' : 'src/renamed.ts']: source.join('\n'),
        [version % 10 < 5 ? 'src/renamed.ts' : 'src/main.ts']: undefined,
        'windows.txt': `${windows.join('\r\n')}\r\n`,
        'bundle.min.js': long.join(';'),
        'deploy/key.pem': `# the key\n${key.join('\n')}\n# ${buildLine(random)}\n`,
        'image.bin': binary,
        'wide.txt': Buffer.from(`\ufeff${windows.slice(0, 20).join('\n')}`, 'utf16le'),
        'packed.gz': gzipSync(source.slice(0, 30).join('\n'), { level: version % 10 }),
        [`names/${version}-${password(String(version % 4)).replaceAll(' ', '')}`]: 'x',
        empty: '',
      },
      message: version % 4 === 0 ? `Rotate ${token(String(version))}\n` : `Version ${version}\n`,
    });
    if (version % 10 === 0)
      repository.tag(`v${version}`, { target: repository.resolveRef('HEAD'), message: `Release with ${password('tag')}` });
  }
}

const large = ['-adfq', '--depth=50', '--window=60'];

describe('the traversal finds what scanning every object finds', () => {
  test('in one deltified pack, in this thread and in others', async () => {
    await using repository = createTestRepository({ bare: true });
    await buildHistory(repository, 60);
    await repository.git(['repack', ...large]);
    await repository.git(['prune-packed']);
    const expected = await scanThroughGit(repository.gitDir);
    assert.ok(expected.matches.size > 200, 'the history holds too little to compare');

    for (const workers of [0, 2]) {
      const found = await scanDirectly(repository.gitDir, { workers });

      assertSame(found, expected);
      assert.deepEqual(found.scan.left, []);
    }
  });

  test('in a pack whose deltas name their bases by id', async () => {
    await using repository = createTestRepository({ bare: true });
    await buildHistory(repository, 25, 2);
    await repository.git(['-c', 'repack.useDeltaBaseOffset=false', 'repack', ...large]);
    await repository.git(['prune-packed']);

    const found = await scanDirectly(repository.gitDir);

    assertSame(found, await scanThroughGit(repository.gitDir));
    assert.deepEqual(found.scan.left, []);
  });

  test('in several packs, loose objects and objects that stand in more than one of them', async () => {
    await using repository = createTestRepository({ bare: true });
    await buildHistory(repository, 10, 3);
    await repository.git(['repack', '-dq']);
    await buildHistory(repository, 10, 4);
    await repository.git(['repack', '-dq']);
    const all = (await repository.git(['rev-list', '--objects', 'HEAD~5'])).replaceAll(/ .*/g, '');
    await repository.git(['pack-objects', '-q', join(repository.gitDir, 'objects/pack/pack')], { stdin: all });
    await buildHistory(repository, 3, 5);
    assert.equal(readdirSync(join(repository.gitDir, 'objects/pack')).filter((name) => name.endsWith('.pack')).length, 3);

    for (const workers of [0, 2]) {
      const found = await scanDirectly(repository.gitDir, { workers });

      assertSame(found, await scanThroughGit(repository.gitDir));
      assert.deepEqual(found.scan.left, []);
      assert.equal(found.scan.isScanned(repository.resolveRef('HEAD')), true);
      assert.equal(found.scan.isScanned('0'.repeat(40)), false);
    }
  });

  test('with ids of 32 bytes', async () => {
    await using repository = createTestRepository({ bare: true, objectFormat: 'sha256' });
    await buildHistory(repository, 15, 6);
    await repository.git(['repack', ...large]);
    await repository.git(['prune-packed']);
    await buildHistory(repository, 2, 7);

    const found = await scanDirectly(repository.gitDir, { objectFormat: 'sha256' });

    assertSame(found, await scanThroughGit(repository.gitDir, 'sha256'));
    assert.deepEqual(found.scan.left, []);
  });

  test('when memory for contents is so short that some are left: all but those', async () => {
    await using repository = createTestRepository({ bare: true });
    await buildHistory(repository, 20, 8);
    await repository.git(['repack', ...large]);
    await repository.git(['prune-packed']);
    const expected = await scanThroughGit(repository.gitDir);

    const found = await scanDirectly(repository.gitDir, { limits: { contentBytes: 30_000 } });

    const left = found.scan.left.flatMap(({ oids }) => oids);
    assert.ok(left.length > 10);
    for (const [key, matches] of expected.matches) {
      if (!key.startsWith('name ')) assert.equal(found.matches.get(key), left.includes(key) ? undefined : matches);
    }
    for (const oid of left) assert.equal(found.scan.isScanned(oid), false);
    const count = (counts: Found['counts']): number => Object.values(counts).reduce((sum, { objects }) => sum + objects, 0);
    assert.equal(count(found.counts) + left.length, count(expected.counts));
  });
});

test('matches that are no secrets are handed out only when they are asked for', async () => {
  await using repository = createTestRepository({ bare: true });
  const oid = repository.writeBlob('password = "changeme"\n');
  await repository.git(['pack-objects', '-q', join(repository.gitDir, 'objects/pack/pack')], { stdin: oid });
  const objects = join(repository.gitDir, 'objects');
  rmSync(join(objects, oid.slice(0, 2)), { recursive: true });

  assert.deepEqual([...(await scanDirectly(repository.gitDir)).matches.keys()], [oid]);
  assert.equal((await scanDirectly(repository.gitDir, { keepDropped: false })).matches.size, 0);
});

test('progress is told, up to all objects', async () => {
  await using repository = createTestRepository({ bare: true });
  await buildHistory(repository, 5, 9);
  await repository.git(['repack', ...large]);
  const told: number[] = [];

  await scanDirectly(repository.gitDir, {
    workers: 1,
    onProgress: ({ objects, total }) => {
      assert.ok(objects <= total);
      told.push(objects);
    },
  });

  assert.deepEqual(
    told,
    told.toSorted((a, b) => a - b),
  );
});

test('a store without objects is scanned to its end', async () => {
  await using repository = createTestRepository({ bare: true });

  const { matches, scan } = await scanDirectly(repository.gitDir);

  assert.equal(matches.size, 0);
  assert.deepEqual([scan.left, scan.unlistedPacks], [[], []]);
});

/** Bare repositories to compare on as well, joined by colons; only with DEPLOYGUARD_LONG_TESTS, because it takes minutes. */
const realRepositories = process.env['DEPLOYGUARD_LONG_TESTS'] ? (process.env['DEPLOYGUARD_TEST_REPOSITORIES'] ?? '').split(':') : [];

for (const repository of realRepositories.filter((path) => path !== '')) {
  test(`the traversal finds what scanning every object finds in ${repository}`, async () => {
    assertSame(await scanDirectly(repository), await scanThroughGit(repository));
  });
}
