import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { gzipSync } from 'node:zlib';
import { aToken } from '../../test/a-token.ts';
import { aWorkTree, type WorkTree } from '../../test/a-work-tree.ts';
import { launcher, runCli } from '../../test/run-cli.ts';

const token = aToken('clean');
const other = aToken('other', 'gho');

/** All that git can print of a repository: every object's content. */
function readEverything(gitDir: string): string {
  return execFileSync('git', ['cat-file', '--batch', '--batch-all-objects'], { cwd: gitDir, encoding: 'latin1', maxBuffer: 1e8 });
}

function gitIn(directory: string, ...args: readonly string[]): string {
  return execFileSync('git', args, {
    cwd: directory,
    encoding: 'utf8',
    env: { PATH: process.env['PATH'], HOME: directory, GIT_CONFIG_NOSYSTEM: '1' },
  }).trim();
}

function aDirtyWorkTree(): WorkTree & { readonly base: string } {
  const repository = aWorkTree();
  const base = repository.commit({ 'README.md': '# App\n' }, 'begin');
  repository.commit({ 'prod.env': `TOKEN=${token}\n`, 'deploy.sh': `curl -H "Authorization: token ${other}"\n` }, 'settings');
  repository.commit({ 'prod.env': 'TOKEN=\n' }, `remove ${token}`);
  return Object.assign(repository, { base });
}

async function findSecretIds(repository: WorkTree): Promise<Record<string, string>> {
  const { stdout } = await runCli(['scan', '--format', 'json', '--repo-path', repository.path]);
  return Object.fromEntries(
    JSON.parse(stdout).findings.map((finding: { ruleId: string; details: { secretId: string } }) => [
      finding.ruleId,
      finding.details.secretId,
    ]),
  );
}

test('--all writes a clean copy, its proof, maps and aftercare beside the source, which stays as it was', async () => {
  using repository = aDirtyWorkTree();
  const before = gitIn(repository.path, 'rev-parse', 'HEAD');

  const { stdout, output, exitCode } = await runCli(['clean', '--all', '--repo-path', repository.path]);

  assert.equal(exitCode, 0, output);
  assert.deepEqual(readdirSync(repository.parent).sort(), [
    'app',
    'app.cleaned.aftercare.md',
    'app.cleaned.git',
    'app.cleaned.maps',
    'app.cleaned.proof.json',
  ]);
  const cleaned = join(repository.parent, 'app.cleaned.git');
  const everything = readEverything(cleaned);
  for (const value of [token, other]) {
    assert.equal(everything.includes(value), false);
    assert.equal(output.includes(value), false);
    assert.equal(readFileSync(join(repository.parent, 'app.cleaned.aftercare.md'), 'utf8').includes(value), false);
    assert.equal(
      Buffer.from(JSON.parse(readFileSync(join(repository.parent, 'app.cleaned.proof.json'), 'utf8')).payload, 'base64')
        .toString()
        .includes(value),
      false,
    );
  }
  assert.equal(gitIn(cleaned, 'log', '--format=%s', 'main'), 'remove ***REMOVED***\nsettings\nbegin');
  assert.equal(gitIn(cleaned, 'rev-list', '--max-parents=0', 'main'), repository.base, 'untouched commits keep their ids');
  assert.equal(gitIn(repository.path, 'rev-parse', 'HEAD'), before);
  assert.match(stdout, /✔ 2 secrets removed, 2 commits of 3 rewritten\./);
  assert.match(stdout, /1\. Rotate the secrets[^]*3\. Repair every clone[^]*Next {2}deployguard push/);
});

test('the result passes a scan and its proof verifies', async () => {
  using repository = aDirtyWorkTree();
  await runCli(['clean', '--all', '--repo-path', repository.path]);
  const cleaned = join(repository.parent, 'app.cleaned.git');

  const scanned = await runCli(['scan', '--repo-path', cleaned]);
  const proved = await runCli(['prove', '--repo-path', repository.path]);
  const json = await runCli(['prove', '--repo-path', cleaned, '--format', 'json']);

  assert.equal(scanned.exitCode, 0, scanned.output);
  assert.equal(proved.exitCode, 0, proved.output);
  assert.match(proved.stdout, /✔ Proven\./);
  assert.equal(JSON.parse(json.stdout).verdict, 'proven');
});

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

test('--dry-run tells what would change and writes nothing', async () => {
  using repository = aDirtyWorkTree();

  const { exitCode, stdout } = await runCli(['clean', '--all', '--dry-run', '--repo-path', repository.path]);

  assert.equal(exitCode, 0);
  assert.match(stdout, /Dry run: nothing was written\. 2 secrets would go, 2 commits of 3 rewritten\./);
  assert.deepEqual(readdirSync(repository.parent), ['app']);
});

test('an earlier result is kept: the next one gets a number, and a place that was named is refused', async () => {
  using repository = aDirtyWorkTree();
  const named = join(repository.parent, 'mine.git');
  const clean = (...flags: string[]) => runCli(['clean', '--all', '--repo-path', repository.path, ...flags]);

  await clean();
  await clean();
  const first = await clean('--output', named);
  const refused = await clean('--output', named);
  const forced = await clean('--output', named, '--force');

  const replaced = await clean('--force');
  assert.equal(replaced.exitCode, 0, replaced.output);
  assert.deepEqual(
    readdirSync(repository.parent).filter((name) => /^app\.cleaned.*\.git$/.test(name)),
    ['app.cleaned-2.git', 'app.cleaned.git'],
  );
  assert.deepEqual([first.exitCode, refused.exitCode, forced.exitCode], [0, 5, 0]);
  assert.match(refused.stderr, /mine\.git exists already/);
  assert.ok(existsSync(join(repository.parent, 'mine.git.proof.json')));
});

test('--output x.bundle and x.zip give one file that git can use', async () => {
  using repository = aDirtyWorkTree();
  const [bundle, zip] = [join(repository.parent, 'clean.bundle'), join(repository.parent, 'clean.zip')];

  await runCli(['clean', '--all', '--repo-path', repository.path, '--output', bundle]);
  await runCli(['clean', '--all', '--repo-path', repository.path, '--output', zip]);

  gitIn(repository.parent, 'clone', '--quiet', '--bare', bundle, 'from-bundle.git');
  execFileSync('python3', ['-m', 'zipfile', '-e', zip, repository.parent]);
  assert.equal(gitIn(join(repository.parent, 'from-bundle.git'), 'log', '--format=%s', 'main').split('\n').length, 3);
  assert.equal(gitIn(join(repository.parent, 'clean'), '--git-dir=.', 'log', '--format=%s', 'main').split('\n').length, 3);
});

test('--in-place swaps the proven result in and keeps the original; work tree, settings and hooks stay', async () => {
  using repository = aDirtyWorkTree();
  repository.git('config', 'user.name', 'Kept');
  repository.write({ 'not-committed.txt': 'mine\n' });
  const before = gitIn(repository.path, 'rev-parse', 'HEAD');

  const { exitCode, output } = await runCli(['clean', '--all', '--in-place'], { cwd: repository.path });

  assert.equal(exitCode, 0, output);
  assert.equal(readEverything(repository.path).includes(token), false);
  assert.equal(gitIn(repository.path, 'config', 'user.name'), 'Kept');
  assert.equal(gitIn(repository.path, 'status', '--short'), 'M deploy.sh\n?? not-committed.txt');
  assert.equal(gitIn(repository.path, 'fsck', '--no-progress'), '');
  const backup = readdirSync(repository.parent).find((name) => /^app\.backup-\d{8}-\d{6}\.git$/.test(name));
  assert.ok(backup);
  assert.equal(gitIn(join(repository.parent, backup), '--git-dir=.', 'rev-parse', 'HEAD'), before);
  assert.equal((await runCli(['prove', '--repo-path', repository.path])).exitCode, 0);
});

test('--in-place refuses a repository with linked work trees before it does anything', async () => {
  using repository = aDirtyWorkTree();
  repository.git('worktree', 'add', '--quiet', '--detach', join(repository.parent, 'linked'));

  const { exitCode, stderr } = await runCli(['clean', '--all', '--in-place'], { cwd: repository.path });

  assert.equal(exitCode, 2);
  assert.match(stderr, /linked work trees/);
  assert.deepEqual(readdirSync(repository.parent).sort(), ['app', 'linked']);
});

test('a shallow repository is scanned with a warning and not cleaned', async () => {
  using repository = aDirtyWorkTree();
  gitIn(repository.parent, 'clone', '--quiet', '--depth', '1', `file://${repository.path}`, 'shallow');
  const shallow = join(repository.parent, 'shallow');

  const scanned = await runCli(['scan', '--repo-path', shallow]);
  const cleaned = await runCli(['clean', '--all', '--repo-path', shallow]);

  assert.equal(scanned.exitCode, 1);
  assert.match(scanned.stderr, /warning: .*shallow/i);
  assert.equal(cleaned.exitCode, 5, cleaned.output);
  assert.equal(
    readdirSync(repository.parent).some((name) => name.startsWith('shallow.')),
    false,
  );
});

test('a repository without secrets needs no cleaning', async () => {
  using repository = aWorkTree();
  repository.commit({ 'a.txt': 'a\n' });

  const { exitCode, stdout } = await runCli(['clean', '--all', '--repo-path', repository.path]);

  assert.equal(exitCode, 0);
  assert.match(stdout, /Nothing to remove\./);
  assert.deepEqual(readdirSync(repository.parent), ['app']);
});

test('a review needs a terminal', async () => {
  using repository = aDirtyWorkTree();

  const { exitCode, stderr } = await runCli(['clean', '--interactive', '--repo-path', repository.path]);

  assert.equal(exitCode, 2);
  assert.match(stderr, /A review needs a terminal\. Choose with --secret-id/);
});

test('a value goes out of an archive, which stays whole', async () => {
  using repository = aDirtyWorkTree();
  execFileSync('python3', ['-m', 'zipfile', '-c', 'packed.zip', 'deploy.sh'], { cwd: repository.path });
  repository.commit({}, 'add archive');

  const cleaned = await runCli(['clean', '--all', '--repo-path', repository.path]);

  assert.equal(cleaned.exitCode, 0, cleaned.output);
  const read = (path: string): Buffer => execFileSync('git', ['--git-dir', `${repository.path}.cleaned.git`, 'show', `main:${path}`]);
  const script =
    'import io, sys, zipfile; z = zipfile.ZipFile(io.BytesIO(sys.stdin.buffer.read())); print(z.testzip(), z.read("deploy.sh").decode())';
  const unpacked = execFileSync('python3', ['-c', script], { input: read('packed.zip'), encoding: 'utf8' });
  assert.equal(unpacked, `None ${read('deploy.sh').toString()}\n`);
  assert.match(unpacked, /REMOVED/);
});

test('a value that cannot be taken out of an archive fails the proof: exit 5, with the place and the way on', async () => {
  using repository = aDirtyWorkTree();
  const packed = gzipSync(readFileSync(join(repository.path, 'deploy.sh')));
  // Cut off, it can still be read but not be made whole again.
  writeFileSync(join(repository.path, 'packed.gz'), packed.subarray(0, -8));
  repository.commit({}, 'add archive');

  const failed = await runCli(['clean', '--all', '--repo-path', repository.path]);
  const pushed = await runCli(['push', '--repo-path', repository.path, '--target-url', 'https://127.0.0.1:1/a.git']);
  const inPlace = await runCli(['clean', '--all', '--in-place', '--repo-path', repository.path]);
  const retried = await runCli(['clean', '--all', '--force', '--remove-path', 'packed.gz', '--repo-path', repository.path]);

  assert.equal(failed.exitCode, 5, failed.output);
  assert.match(failed.stdout, /could not be proven clean[^]*no-value-found[^]*packed\.gz[^]*--remove-path packed\.gz/);
  assert.equal(failed.output.includes(other), false);
  assert.equal(pushed.exitCode, 5);
  assert.match(pushed.stderr, /Its proof failed: no-value-found/);
  assert.equal(inPlace.exitCode, 5);
  assert.match(inPlace.stdout, /the repository is as it was/);
  assert.equal(readEverything(repository.path).includes(token), true);
  assert.equal(retried.exitCode, 0, retried.output);
});

test('a secret in a branch name is in no output, not even of a dry run', async () => {
  using repository = aDirtyWorkTree();
  repository.git('checkout', '--quiet', '-b', `fix-${token}`);
  repository.commit({ 'b.txt': 'b\n' }, 'on the branch');
  repository.git('checkout', '--quiet', 'main');

  const dry = await runCli(['clean', '--all', '--dry-run', '--repo-path', repository.path]);
  const wet = await runCli(['clean', '--all', '--repo-path', repository.path]);

  for (const { exitCode, output } of [dry, wet]) {
    assert.equal(exitCode, 0, output);
    assert.equal(output.includes(token), false);
  }
  for (const file of ['app.cleaned.aftercare.md', 'app.cleaned.maps/ref-map', 'app.cleaned.maps/first-changed-commits'])
    assert.equal(readFileSync(join(repository.parent, file), 'utf8').includes(token), false);
});

test('interrupted in the middle, nothing is left beside the source', async () => {
  using repository = aDirtyWorkTree();
  let isSent = false;

  const { exitCode, output } = await runCli(['clean', '--all', '--repo-path', repository.path], {
    onOutput(text, child) {
      if (isSent || !text.includes('Rewriting')) return;
      isSent = true;
      child.kill('SIGINT');
    },
  });

  assert.equal(exitCode, 130, output);
  assert.deepEqual(readdirSync(repository.parent), ['app']);
});

test('a bundle is scanned and cleaned like a directory', async () => {
  using repository = aDirtyWorkTree();
  const bundle = join(repository.parent, 'backup.bundle');
  repository.git('bundle', 'create', '--quiet', bundle, '--all');

  const scanned = await runCli(['scan', '--repo-path', bundle]);
  const { exitCode, output } = await runCli(['clean', '--all', '--repo-path', bundle]);

  assert.equal(scanned.exitCode, 1, scanned.output);
  assert.equal(exitCode, 0, output);
  assert.equal(readEverything(join(repository.parent, 'backup.bundle.cleaned.git')).includes(token), false);
});

test('a bundle beside the folder of the same name has a result of its own, which prove and push find', async () => {
  using repository = aDirtyWorkTree();
  const bundle = join(repository.parent, 'app.bundle');
  const target = join(repository.parent, 'target.git');
  repository.git('bundle', 'create', '--quiet', bundle, '--all');
  repository.commit({ 'later.txt': 'later\n' }, 'later');
  gitIn(repository.parent, 'init', '--quiet', '--bare', target);

  await runCli(['clean', '--all', '--repo-path', bundle]);
  const before = await runCli(['prove', '--repo-path', repository.path]);
  await runCli(['clean', '--all', '--repo-path', repository.path]);
  const [ofBundle, ofFolder] = [await runCli(['prove', '--repo-path', bundle]), await runCli(['prove', '--repo-path', repository.path])];
  const pushed = await runCli(['push', '--repo-path', bundle, '--target-url', target]);

  assert.equal(before.exitCode, 5, 'the result of the bundle is none of the folder');
  assert.match(ofBundle.stdout, /Result {3}\S*\/app\.bundle\.cleaned\.git\n/);
  assert.match(ofFolder.stdout, /Result {3}\S*\/app\.cleaned\.git\n/);
  assert.equal(pushed.exitCode, 0, pushed.output);
  assert.equal(gitIn(target, 'log', '--format=%s', 'main').includes('later'), false);
});

test('a bare repository beside the work tree of the same name has a result of its own, also in place', async () => {
  using repository = aDirtyWorkTree();
  const bare = join(repository.parent, 'app.git');
  gitIn(repository.parent, 'clone', '--quiet', '--bare', repository.path, bare);
  repository.commit({ 'later.txt': 'later\n' }, 'later');
  const prove = async (path: string) => (await runCli(['prove', '--repo-path', path])).exitCode;

  await runCli(['clean', '--all', '--repo-path', bare]);
  const [ofBare, ofFolder] = [await prove(bare), await prove(repository.path)];
  for (const path of [bare, repository.path]) await runCli(['clean', '--all', '--in-place', '--repo-path', path]);

  assert.deepEqual([ofBare, ofFolder], [0, 5]);
  assert.ok(existsSync(join(repository.parent, 'app.git.cleaned.git')));
  assert.deepEqual([await prove(bare), await prove(repository.path)], [0, 0]);
});

test('paths that are no UTF-8 are told so that they lead back to the file', async () => {
  using repository = aWorkTree();
  const folder = Buffer.from(repository.path);
  for (const name of [Buffer.from('caf\xe9.gz', 'latin1'), Buffer.from('größe [1].gz')])
    writeFileSync(Buffer.concat([folder, Buffer.from('/'), name]), gzipSync(`${token}\n${name.length}`).subarray(0, -8));
  repository.commit({ 'prod.env': `TOKEN=${token}\n` });
  writeFileSync(Buffer.concat([folder, Buffer.from('/.git/refs/heads/caf\xe9', 'latin1')]), `${repository.git('rev-parse', 'HEAD')}\n`);

  const { stdout } = await runCli(['clean', '--all', '--repo-path', repository.path]);
  const proof = readFileSync(join(repository.parent, 'app.cleaned.proof.json'), 'utf8');
  const refs = readFileSync(join(repository.parent, 'app.cleaned.maps', 'ref-map'), 'utf8');

  assert.match(stdout, /archive-member {2}[0-9a-f]{40} "caf\\351\.gz": /);
  assert.match(stdout, /archive-member {2}[0-9a-f]{40} größe \[1\]\.gz: /);
  assert.match(stdout, /--remove-path caf\?\.gz|--remove-path 'caf\?\.gz'/);
  assert.ok(Buffer.from(JSON.parse(proof).payload, 'base64').toString().includes('größe [1].gz'));
  assert.match(refs, / "refs\/heads\/caf\\351"\n/);
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

test('what stands nowhere is not said to be removed', async () => {
  using repository = aDirtyWorkTree();

  const { stdout, exitCode } = await runCli(['clean', '--remove-path', 'no-such-file'], { cwd: repository.path });

  assert.equal(exitCode, 0);
  assert.match(stdout, /1 path pattern looked for and found nowhere, 0 commits of 3 rewritten/);
  assert.doesNotMatch(stdout, /removed,/);
});

test('HEAD keeps the name of a branch that is not there yet, without a secret in it', async () => {
  using repository = aDirtyWorkTree();
  const heads: string[] = [];
  for (const name of ['trunk', `topic-${token}`]) {
    repository.git('symbolic-ref', 'HEAD', `refs/heads/${name}`);
    const { exitCode, output } = await runCli(['clean', '--all', '--force'], { cwd: repository.path });
    assert.equal(exitCode, 0, output);
    heads.push(readFileSync(join(repository.parent, 'app.cleaned.git', 'HEAD'), 'utf8'));
  }

  assert.deepEqual(heads, ['ref: refs/heads/trunk\n', 'ref: refs/heads/topic-REMOVED\n']);
});

test('an archive is proven when it is unpacked as the message says', async () => {
  using repository = aDirtyWorkTree();
  const archive = join(repository.parent, 'clean.zip');
  await runCli(['clean', '--all', '--output', archive], { cwd: repository.path });
  const packed = await runCli(['prove', '--repo-path', archive]);
  execFileSync('python3', ['-m', 'zipfile', '-e', archive, repository.parent]);
  copyFileSync(`${archive}.proof.json`, join(repository.parent, 'clean.proof.json'));

  const unpacked = await runCli(['prove', '--repo-path', join(repository.parent, 'clean')]);
  const nothing = await runCli(['prove', '--repo-path', join(repository.parent, 'nothing')]);

  assert.equal(packed.exitCode, 2);
  assert.match(packed.stderr, /unpack it, put clean\.zip\.proof\.json beside the folder as clean\.proof\.json/);
  assert.equal(unpacked.exitCode, 0, unpacked.output);
  assert.equal(nothing.exitCode, 2);
  assert.match(nothing.stderr, /There is nothing at /);
});
