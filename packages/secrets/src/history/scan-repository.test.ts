import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { encodeName, openLocalRepository } from '@deployguard/git';
import { buildToken, createTemporaryDirectory, createTestRepository, type TestRepository } from '@deployguard/testkit';
import { parseConfiguration } from '../configuration/parse-configuration.ts';
import { scanRepository, type ScanOptions, type ScanResult } from './scan-repository.ts';
import type { SecretFinding } from '../secret-finding.ts';

// AWS access key ids have no checksum and no context: each test can make as many as it needs.
const key = (seed: number): string => buildToken({ prefix: ['AK', 'IA'], seed, alphabet: 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567', length: 16 });

/** Whoever walks the history, the result is the same. */
async function scan(repository: TestRepository, options: ScanOptions = {}): Promise<ScanResult> {
  const byGit = await scanBy('git', repository, options);
  const byLinks = await scanBy('links', repository, options);
  assert.deepEqual(JSON.stringify(byGit), JSON.stringify(byLinks));
  return byGit;
}

async function scanBy(walker: 'git' | 'links', repository: TestRepository, options: ScanOptions): Promise<ScanResult> {
  const work = createTemporaryDirectory('deployguard-scan-');
  try {
    await using opened = await openLocalRepository(repository.path, { workDirectory: work.path });
    return await scanRepository(opened, { ...options, walker });
  } finally {
    work.dispose();
  }
}

function find(result: ScanResult, value: string): SecretFinding[] {
  return result.findings.filter((finding) => finding.secret.reveal() === value);
}

test('a secret is found in every carrier of a history, and the carrier is named', async () => {
  await using repository = createTestRepository();
  const first = repository.commit({ files: { 'a.env': `KEY=${key(1)}\n`, [`dir-${key(2)}/file.txt`]: 'x\n' } });
  repository.commit({ files: { 'a.env': undefined }, message: `Remove it\n\nIt was ${key(3)}\n` });
  repository.commit({ author: `Bob ${key(4)} <bob@example.com>` });
  repository.commit({ headers: `HG:extra ${key(5)}` });
  repository.note(first, `see ${key(6)}\n`);
  repository.stash({ 'work.txt': `${key(7)}\n` }, 'On main: older');
  repository.stash({ 'work.txt': 'newer\n' });
  repository.tag('v1', { target: first, message: `Release with ${key(8)}\n` });
  repository.updateRef(`refs/heads/feature/${key(9)}`, first);
  const blob = repository.writeBlob(`only a tag keeps ${key(10)}\n`);
  repository.updateRef('refs/tags/blob', blob);
  const side = repository.commit({ files: { side: 's\n' }, branch: 'side' });
  repository.commit({ files: { 'merged.txt': `${key(11)}\n` }, parents: [repository.resolveRef('refs/heads/main'), side] });

  const result = await scan(repository);

  const carriers = Object.fromEntries(
    Array.from({ length: 11 }, (_, index) => [index + 1, find(result, key(index + 1)).map((finding) => finding.carrier)]),
  );
  assert.deepEqual(carriers, {
    1: ['file'],
    2: ['path'],
    3: ['commit-message'],
    4: ['identity'],
    5: ['commit-header'],
    6: ['note'],
    7: ['file'],
    8: ['tag-message'],
    9: ['ref-name'],
    10: ['file'],
    11: ['file'],
  });
});

test('first and last place, line, column and counts of a finding are those of the history', async () => {
  await using repository = createTestRepository();
  const introduced = repository.commit({
    files: { 'conf/a.txt': `one\n  key: ${key(1)}\n` },
    author: 'Eve Example <eve@example.com>',
    message: 'Add it\n\nBody\n',
  });
  repository.commit({ files: { other: 'o\n' } });
  const moved = repository.commit({ files: { 'conf/a.txt': `one\ntwo\nthree\nkey: ${key(1)}\n` } });

  const [finding, ...others] = find(await scan(repository), key(1));

  assert.deepEqual(others, []);
  assert.equal(finding!.location.path, 'conf/a.txt');
  assert.deepEqual([finding!.location.line, finding!.location.column], [4, 6]);
  assert.equal(finding!.location.commit!.id, introduced);
  assert.deepEqual([finding!.first!.line, finding!.first!.column], [2, 8]);
  assert.equal(finding!.first!.commit.authorEmail, 'eve@example.com');
  assert.equal(finding!.first!.commit.subject, 'Add it');
  assert.equal(finding!.last!.commit.id, moved);
  assert.deepEqual([finding!.objectCount, finding!.commitCount, finding!.isInHead], [2, 2, true]);
});

test('a default branch with a name beyond ASCII is looked at like any other', async () => {
  await using repository = createTestRepository();
  repository.symbolicRef('HEAD', encodeName('refs/heads/größe/\u4e2d'));
  repository.commit({ files: { 'a.txt': `key: ${key(1)}\n` } });

  const [finding] = find(await scan(repository), key(1));

  assert.equal(finding!.isInHead, true);
});

test('a value that only an evil merge brought in is attributed to the merge', async () => {
  await using repository = createTestRepository();
  const base = repository.commit({ files: { a: 'a\n' } });
  const left = repository.commit({ files: { l: 'l\n' } });
  const right = repository.commit({ files: { r: 'r\n' }, parents: [base], branch: 'right' });
  const merge = repository.commit({ files: { evil: `${key(1)}\n` }, parents: [left, right] });

  const [finding] = find(await scan(repository), key(1));

  assert.equal(finding!.first!.commit.id, merge);
});

test('no value stands in what a finding prints', async () => {
  await using repository = createTestRepository();
  repository.commit({
    files: { [`${key(1)}.txt`]: `${key(1)}\n` },
    message: `Use ${key(1)}\n`,
    author: `${key(1)} <${key(1)}@example.com>`,
  });
  repository.updateRef(`refs/heads/${key(1)}`, repository.resolveRef('refs/heads/main'));

  const { findings } = await scan(repository);

  assert.ok(findings.length > 0);
  assert.ok(!JSON.stringify(findings).includes(key(1)));
});

test('nor does the base64 of a value, in a path or a message', async () => {
  await using repository = createTestRepository();
  const encoded = Buffer.from(`id=${key(1)}`)
    .toString('base64')
    .replace(/=+$/, '');
  repository.commit({ files: { [`dump-${encoded}.txt`]: `${encoded}\n` }, message: `Keep ${encoded}\n` });

  const { findings } = await scan(repository);

  assert.ok(findings.some(({ encodings }) => encodings.includes('base64')));
  assert.ok(!JSON.stringify(findings).includes(encoded.slice(6, -6)));
});

test('ids are the same after lines shift and after the history is rebuilt', async () => {
  await using one = createTestRepository();
  one.commit({ files: { readme: 'r\n' } });
  one.commit({ files: { a: `${key(1)}\n` } });
  await using two = createTestRepository();
  two.commit({ files: { readme: 'r\n' } });
  two.commit({ files: { a: 'shifted\n' } });
  two.commit({ files: { a: `shifted\nby lines\n${key(1)}\n`, b: 'b\n' }, message: 'Squashed\n' });

  const ids = [find(await scan(one), key(1)), find(await scan(two), key(1))].map(([finding]) => finding!.id);

  assert.equal(ids[0], ids[1]);
});

test('objects that no ref reaches are counted, and reported on request', async () => {
  await using repository = createTestRepository();
  repository.commit({ files: { a: 'a\n' } });
  repository.writeBlob(`dangling ${key(1)}\n`);

  const without = await scan(repository);
  const included = await scan(repository, { includeUnreachable: true });

  assert.deepEqual(find(without, key(1)), []);
  assert.deepEqual(without.coverage.skipped, [{ what: 'object with matches', reason: 'no ref reaches it', count: 1 }]);
  assert.equal(find(included, key(1)).length, 1);
});

test('an empty repository is an error and not a clean result', async () => {
  await using repository = createTestRepository();

  await assert.rejects(scan(repository), { code: 'NOTHING_SCANNED' });
});

test('inline and configured allowances drop a finding and say why', async () => {
  await using repository = createTestRepository();
  repository.commit({
    files: { a: `${key(1)} # deployguard:allow an example\n`, 'fixtures/b': `${key(2)}\n`, c: `${key(3)}\n` },
  });
  const configuration = parseConfiguration('[[allow]]\ndescription = "test data"\npaths = ["fixtures/**"]\n', {
    fileName: '.deployguard.toml',
    today: '2026-01-01',
    knownRules: [],
  });

  const result = await scan(repository, { configuration, explain: true });
  const plain = await scan(repository, { configuration });

  assert.deepEqual(
    result.findings.map((finding) => finding.location.path),
    ['c'],
  );
  assert.equal(plain.findings.length, 1);
  for (const { dropped } of [result, plain]) {
    const reasons = dropped
      .filter(({ secret }) => [key(1), key(2)].includes(secret.reveal()))
      .map(({ location, reason, allowedBy }) => [location.path, reason, allowedBy]);
    assert.deepEqual(reasons, [
      ['a', 'inline-allow', undefined],
      ['fixtures/b', 'allowed', 'test data'],
    ]);
  }
});

test('path patterns of an allow entry fit files and folders that begin with a dot', async () => {
  await using repository = createTestRepository();
  const paths = ['fixtures/.env', 'fixtures/.aws/credentials', '.github/workflows/ci.yml', '.env', 'a.env', 'other/x'];
  repository.commit({ files: Object.fromEntries(paths.map((path, index) => [path, `${key(index)}\n`])) });
  const left = async (pattern: string): Promise<string[]> => {
    const configuration = parseConfiguration(`[[allow]]\ndescription = "x"\npaths = ['${pattern}']\n`, {
      fileName: '.deployguard.toml',
      today: '2026-01-01',
      knownRules: [],
    });
    const { findings } = await scan(repository, { configuration });
    return paths.filter((path) => findings.some(({ location }) => location.path === path));
  };

  assert.deepEqual(await left('**'), []);
  assert.deepEqual(await left('fixtures/**'), paths.slice(2));
  assert.deepEqual(await left('*/*/*'), [paths[0], ...paths.slice(3)]);
  assert.deepEqual(await left('*.env'), [...paths.slice(0, 3), 'other/x']);
  assert.deepEqual(await left('**/{.env,.aws/*}'), [paths[2], ...paths.slice(4)]);
  assert.deepEqual(await left('.github/**/ci.{json,yml}'), paths.toSpliced(2, 1));
});

test('patterns beyond ASCII fit paths beyond ASCII', async () => {
  await using repository = createTestRepository();
  repository.commit({ files: { 'größe/a': `${key(1)}\n`, 'grosse/a': `${key(2)}\n` } });
  const configuration = parseConfiguration('[[allow]]\ndescription = "test data"\npaths = ["gr??e/**"]\n', {
    fileName: '.deployguard.toml',
    today: '2026-01-01',
    knownRules: [],
  });

  const { findings } = await scan(repository, { configuration });

  assert.deepEqual(
    findings.map(({ location }) => location.path),
    ['grosse/a'],
  );
});

test('an inline allowance counts in UTF-16 too', async () => {
  await using repository = createTestRepository();
  const text = (end: string): Buffer => Buffer.from(`\ufeffid = ${key(1)} ${end}\r\n`, 'utf16le');
  repository.commit({ files: { allowed: text('# deployguard:allow'), not: text('# allow') } });

  const { findings } = await scan(repository);

  assert.deepEqual(
    findings.map(({ location }) => location.path),
    ['not'],
  );
});

test('an inline allowance counts in any case, on the line of the secret alone', async () => {
  await using repository = createTestRepository();
  repository.commit({
    files: {
      a: `${key(1)} // DeployGuard:ALLOW\n`,
      b: `# deployguard:allow\n${key(2)}\n# deployguard:allow\n`,
      c: `${key(3)} # deployguard:allowed\n`,
    },
  });

  const { findings } = await scan(repository);

  assert.deepEqual(
    findings.map(({ location }) => location.path),
    ['b', 'c'],
  );
});

test('a finding in an archive names the member', async () => {
  await using repository = createTestRepository();
  repository.commit({ files: { 'log.gz': gzipSync(`line\n${key(1)}\n`) } });

  const [finding] = find(await scan(repository), key(1));

  assert.deepEqual(finding!.encodings, ['gzip']);
});

test('every object counts once in the coverage', async () => {
  await using repository = createTestRepository();
  repository.commit({ files: { a: 'same\n', b: 'same\n' } });
  repository.commit({ files: { a: 'other\n' } });
  await repository.pack();

  const { coverage } = await scan(repository);

  assert.deepEqual(Object.fromEntries(Object.entries(coverage.objects).map(([type, { seen, scanned }]) => [type, [seen, scanned]])), {
    blob: [2, 2],
    tree: [2, 2],
    commit: [2, 2],
    tag: [0, 0],
  });
  assert.equal(coverage.objects.blob.bytes, 'same\n'.length + 'other\n'.length);
});

for (const engine of ['packs', 'whole'] as const) {
  test(`objects that the history leads to and that are not there are told, whatever holds them: ${engine}`, async () => {
    await using repository = createTestRepository();
    repository.commit({ files: { 'a.env': `KEY=${key(1)}\n`, 'dir/b.txt': 'b\n' } });
    const whole = await scan(repository, { engine });
    const [blob, tree] = (await repository.git(['rev-parse', 'HEAD:a.env', 'HEAD:dir'])).trim().split('\n') as [string, string];
    const lose = (oid: string): void => rmSync(join(repository.gitDir, 'objects', oid.slice(0, 2), oid.slice(2)));

    lose(blob);
    const withoutBlob = await scan(repository, { engine });
    lose(tree);
    const withoutTree = await scan(repository, { engine });
    // A commit that no ref reaches may well have lost what it led to.
    const parent = repository.commit({ branch: undefined, parents: [], files: { 'c.txt': 'c\n' } });
    repository.updateRef('refs/heads/main', repository.commit({ branch: undefined, parents: [], files: { 'd.txt': 'd\n' } }));
    lose((await repository.git(['rev-parse', `${parent}:c.txt`])).trim());
    const unreachable = await scan(repository, { engine });

    const missing = (count: number): unknown => [{ what: 'object', reason: 'missing: the repository is damaged or not whole', count }];
    assert.deepEqual(whole.coverage.skipped, []);
    assert.deepEqual(withoutBlob.coverage.skipped, missing(1));
    assert.deepEqual(withoutTree.coverage.skipped, missing(2));
    assert.deepEqual(unreachable.coverage.skipped, []);
  });
}
