import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { aDirtyWorkTree, gitIn, other, readEverything, token } from '../../test/a-dirty-work-tree.ts';
import { aWorkTree, type WorkTree } from '../../test/a-work-tree.ts';
import { launcher, runCli } from '../../test/run-cli.ts';

async function findSecretIds(repository: WorkTree): Promise<Record<string, string>> {
  const { stdout } = await runCli(['scan', '--format', 'json', '--repo-path', repository.path]);
  return Object.fromEntries(
    JSON.parse(stdout).findings.map((finding: { ruleId: string; details: { secretId: string } }) => [
      finding.ruleId,
      finding.details.secretId,
    ]),
  );
}

test('--secret-id removes that secret alone, by six digits of its id', async () => {
  using repository = aDirtyWorkTree();
  const ids = await findSecretIds(repository);

  const { exitCode } = await runCli([
    'clean',
    '--secret-id',
    ids['github-oauth-access-token']!.slice(0, 6),
    '--repo-path',
    repository.path,
  ]);

  const everything = readEverything(join(repository.parent, 'app.cleaned.git'));
  assert.equal(exitCode, 0);
  assert.equal(everything.includes(other), false);
  assert.equal(everything.includes(token), true);
});

test('an id that no secret has is refused', async () => {
  using repository = aDirtyWorkTree();

  const unknown = await runCli(['clean', '--secret-id', 'ffffffffffff', '--repo-path', repository.path]);
  const short = await runCli(['clean', '--secret-id', 'abc', '--repo-path', repository.path]);

  assert.equal(unknown.exitCode, 2);
  assert.match(unknown.stderr, /No secret of this repository has the id ffffffffffff/);
  assert.equal(short.exitCode, 2);
  assert.match(short.stderr, /at least 6 hexadecimal digits/);
});

for (const format of ['json', 'jsonl', 'sarif']) {
  test(`--from-report removes what a ${format} report lists`, async () => {
    using repository = aDirtyWorkTree();
    const report = join(repository.parent, `report.${format}`);
    await runCli(['scan', '--format', format, '--rule', 'github-oauth-access-token', '--output', report, '--repo-path', repository.path]);

    const { exitCode, output } = await runCli(['clean', '--from-report', report, '--repo-path', repository.path]);

    const everything = readEverything(join(repository.parent, 'app.cleaned.git'));
    assert.equal(exitCode, 0, output);
    assert.deepEqual([everything.includes(other), everything.includes(token)], [false, true]);
  });
}

for (const format of ['json', 'jsonl', 'sarif']) {
  test(`--from-report takes a ${format} report about files whose names are no UTF-8`, async () => {
    using repository = aWorkTree();
    const report = join(repository.parent, 'report');
    for (const [name, value] of [
      ['caf\xe9', token],
      ['caf\xe8', other],
    ] as const)
      writeFileSync(Buffer.concat([Buffer.from(`${repository.path}/`), Buffer.from(name, 'latin1')]), `${value}\n`);
    repository.commit({});
    await runCli(['scan', '--format', format, '--rule', 'github-oauth-access-token', '--output', report, '--repo-path', repository.path]);

    const { exitCode, output } = await runCli(['clean', '--from-report', report, '--repo-path', repository.path]);

    const everything = readEverything(join(repository.parent, 'app.cleaned.git'));
    assert.equal(exitCode, 0, output);
    assert.deepEqual([everything.includes(other), everything.includes(token)], [false, true]);
  });
}

test('--from-report removes the values of another scanner’s report, wherever they stand', async () => {
  using repository = aDirtyWorkTree();
  const report = join(repository.parent, 'gitleaks.json');
  writeFileSync(report, JSON.stringify([{ RuleID: 'github-pat', Secret: token, Match: `TOKEN=${token}`, File: 'prod.env' }]));

  const { exitCode, output } = await runCli(['clean', '--from-report', report, '--repo-path', repository.path]);

  const everything = readEverything(join(repository.parent, 'app.cleaned.git'));
  assert.equal(exitCode, 0, output);
  assert.match(output, /1 text removed/);
  assert.deepEqual([everything.includes(token), everything.includes(other)], [false, true]);
});

test('a file that is no report is refused without being quoted', async () => {
  using repository = aDirtyWorkTree();
  const file = join(repository.parent, 'not-a-report');
  writeFileSync(file, `{"Secret": ${token}`);

  const { exitCode, output } = await runCli(['clean', '--from-report', file, '--repo-path', repository.path]);

  assert.equal(exitCode, 2);
  assert.match(output, /is not JSON/);
  assert.equal(output.includes(token.slice(0, 10)), false);
});

test('--replace-text replaces texts that no rule knows, --remove-path removes files', async () => {
  using repository = aWorkTree();
  repository.commit({ 'a.txt': 'the word is xyzzy-plugh\nand frobnicate\n', 'certs/a.pem': 'x\n', 'logs/b.log': 'y\n' });
  const texts = join(repository.parent, 'texts');
  writeFileSync(texts, 'xyzzy-plugh==>(gone)\n\nliteral:frobnicate\n');

  const { exitCode, output } = await runCli([
    'clean',
    '--replace-text',
    texts,
    '--remove-path',
    '*.pem',
    'logs/',
    '--repo-path',
    repository.path,
  ]);

  const cleaned = join(repository.parent, 'app.cleaned.git');
  assert.equal(exitCode, 0, output);
  assert.equal(gitIn(cleaned, 'show', 'main:a.txt'), 'the word is (gone)\nand ***REMOVED***');
  assert.equal(gitIn(cleaned, 'ls-tree', '-r', '--name-only', 'main'), 'a.txt');
  assert.match(output, /2 texts, 2 path patterns removed/);
  assert.equal(output.includes('xyzzy'), false);
});

test('removing paths alone is proven too, or said to be unproven', async () => {
  using repository = aWorkTree();
  repository.commit({ 'keep.txt': 'a\n', '.env': 'PASSWORD\n' });

  const { exitCode, output } = await runCli(['clean', '--remove-path', '.env', '--repo-path', repository.path]);

  assert.equal(exitCode, 0, output);
  assert.equal(gitIn(join(repository.parent, 'app.cleaned.git'), 'ls-tree', '-r', '--name-only', 'main'), 'keep.txt');
});

test('patterns in a --replace-text file are refused by line, not quoted', async () => {
  using repository = aDirtyWorkTree();
  const texts = join(repository.parent, 'texts');
  writeFileSync(texts, `fine\nregex:${token}\n`);

  const { exitCode, output } = await runCli(['clean', '--replace-text', texts, '--repo-path', repository.path]);

  assert.equal(exitCode, 2);
  assert.match(output, /texts, line 2: only texts can be replaced/);
  assert.equal(output.includes(token), false);
});

test('a text that cannot be searched for and a replacement that would bring a value back are faulty input: exit 2', async () => {
  using repository = aDirtyWorkTree();
  const texts = join(repository.parent, 'texts');
  const faults: readonly (readonly [content: string, flags: readonly string[], message: RegExp])[] = [
    ['settings==>my settings\n', [], /A replacement holds one of the values/],
    [`settings==>${Buffer.from('a settings').toString('base64')}\n`, [], /A replacement holds one of the values/],
    ['settings\n', ['--replacement', 'resettings'], /A replacement holds one of the values/],
    ['ab  \n', [], /fewer than 4 bytes/],
  ];

  for (const [content, flags, message] of faults) {
    writeFileSync(texts, content);
    const { exitCode, stderr } = await runCli(['clean', '--replace-text', texts, ...flags, '--repo-path', repository.path]);
    assert.equal(exitCode, 2, stderr);
    assert.match(stderr, message);
  }
  assert.deepEqual(readdirSync(repository.parent).sort(), ['app', 'texts']);
});

test('a review needs a terminal', async () => {
  using repository = aDirtyWorkTree();

  const { exitCode, stderr } = await runCli(['clean', '--interactive', '--repo-path', repository.path]);

  assert.equal(exitCode, 2);
  assert.match(stderr, /A review needs a terminal\. Choose with --secret-id/);
});

test('a path pattern that can fit nothing is refused', async () => {
  using repository = aDirtyWorkTree();

  for (const pattern of ['', '.', '..', '../prod.env', 'a/../prod.env', '[']) {
    const { exitCode, output } = await runCli(['clean', '--remove-path', pattern], { cwd: repository.path });
    assert.equal(exitCode, 2, `${pattern}: ${output}`);
  }
});

test('a path that is no UTF-8 is refused with the pattern that fits it', async () => {
  using repository = aDirtyWorkTree();
  // Node cannot give such bytes to a program; a shell can.
  const program = [process.execPath, launcher].map((path) => `'${path}'`).join(' ');
  const command = `${program} clean --remove-path "$(printf 'caf\\351')" --dry-run`;

  const { status, stderr } = spawnSync('sh', ['-c', command], {
    cwd: repository.path,
    encoding: 'utf8',
    env: { PATH: process.env['PATH'], HOME: repository.parent },
  });

  assert.equal(status, 2);
  assert.match(stderr, /Write \? for each: caf\?/);
});

test('a report that was cut off selects nothing', async () => {
  using repository = aDirtyWorkTree();
  const report = join(repository.parent, 'report.jsonl');
  await runCli(['scan', '--format', 'jsonl', '--output', report, '--repo-path', repository.path]);
  writeFileSync(report, readFileSync(report, 'utf8').replace(/.*"type":"end".*\n/, ''));

  const { exitCode, stderr } = await runCli(['clean', '--from-report', report, '--repo-path', repository.path]);

  assert.equal(exitCode, 2);
  assert.match(stderr, /was cut off/);
});
