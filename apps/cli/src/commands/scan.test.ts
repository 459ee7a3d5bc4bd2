import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { emitters } from '@deployguard/reports';
import { createTemporaryDirectory } from '@deployguard/testkit';
import { aToken } from '../../test/a-token.ts';
import { aWorkTree } from '../../test/a-work-tree.ts';
import { runCli } from '../../test/run-cli.ts';

const token = aToken('first');
const otherToken = aToken('second', 'gho');

test('a repository without secrets is told so, with what was read, and the exit code is 0', async () => {
  using repository = aWorkTree();
  repository.commit({ 'README.md': '# App\n' });

  const { stdout, exitCode } = await runCli(['scan', '--repo-path', repository.path]);

  assert.equal(exitCode, 0);
  assert.match(stdout, /^✔ No secrets found\.\nRead 3 objects of 1 ref, \d+ B in .*\n$/);
});

test('a secret that was removed again is found in the history; the exit code is 1', async () => {
  using repository = aWorkTree();
  const first = repository.commit({ 'config/prod.env': `A=1\nTOKEN=${token}\n`, 'docs/a.md': `${token}\n` });
  repository.commit({ 'config/prod.env': 'A=1\n' });

  const { stdout, exitCode } = await runCli(['scan', '--repo-path', repository.path]);

  assert.equal(exitCode, 1);
  const lines = stdout.split('\n');
  assert.match(lines[0]!, /CRITICAL {2}GitHub personal access token \(classic\) +[0-9a-f]{10}$/);
  assert.ok(lines[1]!.endsWith(` ghp...${token.slice(-3)}`));
  assert.match(lines[2]!, /docs\/a\.md:1:1 +in HEAD$/);
  assert.match(lines[3]!, /config\/prod\.env:2:7 +history$/);
  assert.ok(lines[4]!.endsWith(`first ${first.slice(0, 7)}  2026-01-31  Jane Doe`));
  assert.match(stdout, /\n1 secret in 2 places {2}1 critical\n/);
  assert.match(stdout, /deployguard clean --repo-path \S+ --secret-id [0-9a-f]{10} /);
});

test('the repository around the working directory is scanned when none is named', async () => {
  using repository = aWorkTree();
  repository.commit({ 'deep/er/file': `${token}\n` });

  const { exitCode } = await runCli(['scan'], { cwd: join(repository.path, 'deep', 'er') });

  assert.equal(exitCode, 1);
});

for (const format of ['table', ...emitters.map((emitter) => emitter.format)]) {
  test(`${format}: no value and no escape code is written, wherever the secret stands`, async () => {
    using repository = aWorkTree();
    repository.commit({ 'a.txt': `${token}\n`, [`dir/${otherToken}/b.txt`]: 'b\n' }, `add ${otherToken}`);
    repository.git('tag', '--annotate', '--message', `release ${token}`, 'v1');
    repository.git('branch', `wip/${otherToken}`);
    repository.git(
      '-c',
      `user.name=${otherToken}`,
      'commit',
      '--quiet',
      '--allow-empty',
      '--author',
      `${token} <a@example.org>`,
      '--message',
      'x',
    );

    const { output, stdout, exitCode } = await runCli(['scan', '--repo-path', repository.path, '--format', format, '--explain']);

    assert.equal(exitCode, 1);
    for (const value of [token, otherToken]) assert.equal(output.includes(value), false);
    assert.equal(/[\u001B\u009B\r](?!\n)/.test(output), false);
    assert.ok(stdout.includes(`...${token.slice(-3)}`), 'the preview is there');
  });
}

for (const format of ['table', 'json']) {
  test(`${format}: --redact leaves out the preview, --show gives the value`, async () => {
    using repository = aWorkTree();
    repository.commit({ 'a.txt': `${token}\n` });

    const redacted = await runCli(['scan', '--repo-path', repository.path, '--format', format, '--redact']);
    const shown = await runCli(['scan', '--repo-path', repository.path, '--format', format, '--show']);

    assert.equal(redacted.output.includes(token.slice(-3)), false);
    assert.ok(shown.stdout.includes(token));
  });
}

test('--show gives a private key whole, on one line', async () => {
  using repository = aWorkTree();
  const key = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  repository.commit({ 'key.pem': key });

  const { stdout } = await runCli(['scan', '--show', '--rule', 'private-key'], { cwd: repository.path });

  assert.ok(stdout.includes(key.trimEnd().replaceAll('\n', '\\n')), stdout);
});

test('control characters of paths, messages and names do not reach the terminal', async () => {
  using repository = aWorkTree();
  repository.commit({ 'a\u001B[31m\u202Eb': `${token}\n` }, 'subject \u001B]0;title\u0007');
  repository.git('-c', 'user.name=\u001B[2JMallory', 'commit', '--quiet', '--allow-empty', '--message', token);

  const { output } = await runCli(['scan', '--repo-path', repository.path]);

  assert.equal(/[\0-\x09\x0b-\x1f\x7f-\x9f\u202E]/.test(output), false);
  assert.ok(output.includes('a\\x1b[31m\\u202eb'));
});

test('a JSON report holds finding, place, commit and coverage', async () => {
  using repository = aWorkTree();
  const commit = repository.commit({ 'a.txt': `x ${token}\n` }, 'add a');

  const { stdout } = await runCli(['scan', '--repo-path', repository.path, '--format', 'json']);

  const report = JSON.parse(stdout);
  assert.equal(report.schemaVersion, '1.0');
  assert.equal(report.subject.name, 'app');
  assert.equal(report.subject.revision, commit);
  assert.deepEqual(report.summary, { total: 1, bySeverity: { critical: 1, high: 0, medium: 0, low: 0, info: 0 } });
  const [finding] = report.findings;
  assert.match(finding.id, /^[0-9a-f]{16}$/);
  assert.equal(finding.ruleId, 'github-personal-access-token');
  assert.equal(finding.location.path, 'a.txt');
  assert.deepEqual([finding.location.line, finding.location.column], [1, 3]);
  assert.deepEqual(finding.location.commit, {
    id: commit,
    authorName: 'Jane Doe',
    authorEmail: 'jane@example.org',
    date: finding.location.commit.date,
    subject: 'add a',
  });
  assert.equal(Date.parse(finding.location.commit.date), Date.parse('2026-01-31T10:00:00Z'));
  assert.equal(finding.details.carrier, 'file');
  assert.equal(finding.details.isInHead, true);
  assert.equal(report.coverage.objects.blob.scanned, 1);
  assert.equal(report.coverage.refs, 1);
});

test('--output writes a file that only its owner can read, and the terminal stays free of findings', async () => {
  using repository = aWorkTree();
  repository.commit({ 'a.txt': `${token}\n` });
  const file = join(repository.parent, 'report.sarif');

  const { stdout, exitCode } = await runCli(['scan', '--format', 'sarif', '--output', file], { cwd: repository.path });

  assert.equal(exitCode, 1);
  assert.equal(stdout, '');
  assert.equal(JSON.parse(readFileSync(file, 'utf8')).runs[0].results.length, 1);
  assert.equal(statSync(file).mode & 0o777, 0o600);
});

test('a baseline accepts what is there; what comes later is reported', async () => {
  using repository = aWorkTree();
  repository.commit({ 'a.txt': `${token}\n` });
  const file = join(repository.parent, 'baseline.json');
  const scan = (...flags: string[]) => runCli(['scan', '--format', 'json', ...flags], { cwd: repository.path });

  const written = await scan('--write-baseline', file);
  const accepted = await scan('--baseline', file);
  repository.commit({ 'a.txt': `moved down\n${token}\n`, 'b.txt': `${otherToken}\n` });
  const later = await scan('--baseline', file);

  assert.deepEqual([written.exitCode, accepted.exitCode, later.exitCode], [0, 0, 1]);
  assert.deepEqual(
    JSON.parse(later.stdout).findings.map((finding: { location: { path: string } }) => finding.location.path),
    ['b.txt'],
  );
});

test('an earlier JSON report is a baseline too', async () => {
  using repository = aWorkTree();
  repository.commit({ 'a.txt': `${token}\n` });
  const file = join(repository.parent, 'report.json');
  await runCli(['scan', '--format', 'json', '--output', file], { cwd: repository.path });

  const accepted = await runCli(['scan', '--baseline', file], { cwd: repository.path });

  assert.equal(accepted.exitCode, 0, accepted.output);
});

test('--min-severity and rule options decide what counts', async () => {
  using repository = aWorkTree();
  repository.commit({ 'a.txt': `${token}\n`, 'b.txt': `${otherToken}\n` });
  const count = async (...flags: string[]) =>
    JSON.parse((await runCli(['scan', '--format', 'json', ...flags], { cwd: repository.path })).stdout).findings.length;

  assert.equal(await count('--min-severity', 'critical'), 2);
  assert.equal(await count('--rule', 'github-oauth-access-token'), 1);
  assert.equal(await count('--disable-rule', 'github-oauth-access-token', 'github-personal-access-token', 'unproven-token'), 0);
});

test('scopes: staged, work tree, range, since', async () => {
  using repository = aWorkTree();
  const base = repository.commit({ 'a.txt': `${token}\n` });
  repository.commit({ 'b.txt': `${otherToken}\n` });
  repository.write({ 'c.txt': `${aToken('third')}\n`, 'd.txt': `${aToken('fourth')}\n` });
  repository.git('add', 'c.txt');
  const paths = async (...flags: string[]) =>
    JSON.parse((await runCli(['scan', '--format', 'json', ...flags], { cwd: repository.path })).stdout).findings.map(
      (finding: { location: { path: string } }) => finding.location.path,
    );

  assert.deepEqual(await paths('--staged'), ['c.txt']);
  repository.git('branch', '--move', 'größe');
  assert.deepEqual(await paths('--staged'), ['c.txt']);
  assert.deepEqual(await paths('--working-tree'), ['a.txt', 'b.txt', 'c.txt', 'd.txt']);
  assert.deepEqual(await paths('--range', `${base}..HEAD`), ['b.txt']);
  assert.deepEqual(await paths('--since', base), ['b.txt']);
  assert.deepEqual(await paths('--since', '2026-01-30'), ['a.txt', 'b.txt']);
  assert.deepEqual(await paths('--since', '2026-02-01'), []);
});

test('a part of the repository that holds nothing is not called clean: the exit code is 0, and it is said on standard error', async () => {
  using repository = aWorkTree();
  repository.commit({ 'a.txt': `${token}\n` });
  using empty = aWorkTree();
  const parts: readonly (readonly [flags: readonly string[], what: RegExp, path: string])[] = [
    [['--range', 'HEAD..HEAD'], /Nothing to scan: no commit in HEAD\.\.HEAD\./, repository.path],
    [['--since', 'HEAD'], /Nothing to scan: no commit since HEAD\./, repository.path],
    [['--since', '1.second.ago'], /Nothing to scan: no commit since 1\.second\.ago\./, repository.path],
    [['--staged'], /Nothing to scan: nothing is staged\./, repository.path],
    [['--working-tree'], /Nothing to scan: the work tree holds no file\./, empty.path],
  ];

  for (const [flags, what, cwd] of parts) {
    for (const further of [[], ['--format', 'json'], ['--quiet']]) {
      const { stdout, stderr, exitCode } = await runCli(['scan', ...flags, ...further], { cwd });
      assert.equal(exitCode, 0, stderr);
      assert.match(stderr, what);
      assert.doesNotMatch(stdout, /No secrets found/);
    }
  }
});

test('paths that are no UTF-8 are spelled as git spells them, and stay apart in every format', async () => {
  using repository = aWorkTree();
  for (const name of ['caf\xe9.txt', 'caf\xe8.txt'])
    writeFileSync(Buffer.concat([Buffer.from(`${repository.path}/`), Buffer.from(name, 'latin1')]), `${token}\n`);
  repository.commit({ 'größe.txt': `${token}\n` });
  const spelled = repository.git('ls-files', 'caf*').split('\n');
  const emit = async (format: string) => (await runCli(['scan', '--format', format], { cwd: repository.path })).stdout;
  const places = (text: string): string[] => spelled.filter((path) => text.includes(path));

  const [json, sarif] = [await emit('json'), await emit('sarif')];
  const others = await Promise.all(['table', 'csv', 'html', 'junit'].map(emit));

  assert.deepEqual(spelled, ['"caf\\350.txt"', '"caf\\351.txt"']);
  const findings: { id: string; location: { path: string } }[] = JSON.parse(json).findings;
  assert.deepEqual(findings.map(({ location }) => location.path).sort(), [...spelled, 'größe.txt']);
  assert.equal(new Set(findings.map(({ id }) => id)).size, 3);
  assert.match(sarif, /"uri":"caf%E8\.txt"[^]*"uri":"caf%E9\.txt"[^]*"uri":"gr%C3%B6%C3%9Fe\.txt"/);
  for (const text of others) {
    assert.deepEqual(places(text.replaceAll(/""|&quot;|&#34;/g, '"')), spelled, text);
    assert.equal(text.includes('\ufffd'), false);
  }
});

test('--explain lists what was recognised and dropped, with the reason', async () => {
  using repository = aWorkTree();
  const published = ['AKIA', 'IOSFODNN7', 'EXAMPLE'].join('');
  repository.commit({ 'a.txt': `${published}\n`, 'b.txt': `${token} # deployguard:allow\n` });

  const { stdout, exitCode } = await runCli(['scan', '--explain'], { cwd: repository.path });
  const plain = await runCli(['scan'], { cwd: repository.path });

  assert.equal(exitCode, 0);
  assert.doesNotMatch(plain.stdout, /Dropped|b\.txt/);
  assert.match(stdout, /Dropped\n/);
  assert.match(stdout, /aws-access-key-id {2}a\.txt:1:1 .*\n.*provider publishes/);
  assert.match(stdout, /b\.txt:1:1 .*\n.*deployguard:allow/);
});

test('--quiet prints results and errors only', async () => {
  using repository = aWorkTree();
  repository.commit({ 'a.txt': 'a\n' });

  const clean = await runCli(['scan', '--quiet'], { cwd: repository.path });
  repository.commit({ 'a.txt': `${token}\n` });
  const dirty = await runCli(['scan', '--quiet'], { cwd: repository.path });

  assert.equal(clean.output, '');
  assert.equal(dirty.stderr, '');
  assert.match(dirty.stdout, /CRITICAL[^]*1 secret in 1 place {2}1 critical\n$/);
});

test('progress goes to standard error: the result can be piped', async () => {
  using repository = aWorkTree();
  repository.commit({ 'a.txt': 'a\n' });

  const { stdout, stderr } = await runCli(['scan', '--format', 'json'], { cwd: repository.path });

  JSON.parse(stdout);
  assert.match(stderr, /^Opening the repository\n/);
});

test('nothing is left in the temporary directory and the repository is as it was', async () => {
  using repository = aWorkTree();
  using temporary = createTemporaryDirectory();
  repository.commit({ 'a.txt': `${token}\n` });
  const before = readdirSync(join(repository.path, '.git'), { recursive: true });

  await runCli(['scan'], { cwd: repository.path, environment: { TMPDIR: temporary.path } });

  assert.deepEqual(readdirSync(temporary.path), []);
  assert.deepEqual(readdirSync(join(repository.path, '.git'), { recursive: true }), before);
});

test('settings and hooks of the scanned repository run nothing', async () => {
  using repository = aWorkTree();
  repository.commit({ 'a.txt': `${token}\n` });
  const canary = join(repository.parent, 'canary');
  for (const name of ['core.fsmonitor', 'core.pager', 'core.sshCommand', 'diff.external', 'core.hooksPath'])
    repository.git('config', name, `touch ${canary}`);

  const { exitCode } = await runCli(['scan', '--working-tree'], { cwd: repository.path });

  assert.equal(exitCode, 1);
  assert.equal(readdirSync(repository.parent).includes('canary'), false);
});

test('--no-repo-config: a stranger’s changes cannot say themselves that they are fine', async () => {
  using repository = aWorkTree();
  repository.commit({
    'a.txt': `${token} # deployguard:allow\n`,
    'b.txt': `${otherToken}\n`,
    '.deployguard.toml': '[[allow]]\ndescription = "mine"\npaths = ["b.txt"]\n',
  });

  const trusting = await runCli(['scan', '--format', 'json'], { cwd: repository.path });
  const untrusting = await runCli(['scan', '--format', 'json', '--no-repo-config'], { cwd: repository.path });

  assert.equal(trusting.exitCode, 0, trusting.output);
  assert.equal(untrusting.exitCode, 1);
  assert.deepEqual(
    JSON.parse(untrusting.stdout).findings.map(({ location }: { location: { path: string } }) => location.path),
    ['a.txt', 'b.txt'],
  );
});
