import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { createTemporaryDirectory, startTestGitServer } from '@deployguard/testkit';
import { aToken } from '../test/a-token.ts';
import { aWorkTree } from '../test/a-work-tree.ts';
import { launcher, runCli } from '../test/run-cli.ts';
import { exitCodeByErrorCode } from './exit-code-by-error-code.ts';
import { exitCodes } from './exit-code.ts';
import { createPlainContext } from './reference/plain-context.ts';
import { reportError } from './report-error.ts';
import { createTerminal } from './terminal/terminal.ts';

const repository = aWorkTree();
test.after(() => repository[Symbol.dispose]());
repository.commit({ 'a.txt': 'a\n' });
const repositoryPath = repository.path;
const barePath = join(repository.parent, 'bare.git');
repository.git('clone', '--quiet', '--bare', '.', barePath);

const usageErrors: readonly (readonly [name: string, args: readonly string[], message: RegExp])[] = [
  ['an unknown command', ['scam'], /unknown command 'scam'[^]*Did you mean scan\?/],
  ['an unknown option', ['scan', '--repopath', '.'], /unknown option '--repopath'[^]*--repo-path/],
  ['an option without its value', ['scan', '--format'], /argument missing/],
  ['a value that is no choice', ['scan', '--format', 'doc'], /'doc' is invalid[^]*table, csv/],
  ['options that exclude each other', ['scan', '--staged', '--range', 'a..b'], /cannot be used with/],
  ['two repositories', ['scan', '--repo-path', '.', '--url', 'https://example.org/a.git'], /cannot be used with/],
  ['a path without repository', ['scan', '--repo-path', '/'], /is not a git repository/],
  ['a path that does not exist', ['scan', '--repo-path', '/no/such/path'], /There is nothing at/],
  ['a URL that is none', ['scan', '--url', 'ext::sh -c id'], /URL/i],
  ['a URL of a folder that is no repository', ['scan', '--url', 'file:///etc'], /\/etc is not a git repository/],
  [
    'a report in a folder that is not there',
    ['scan', '--repo-path', repositoryPath, '--output', '/no/such/report'],
    /\/no\/such: no such file/,
  ],
  ['a date that no calendar has', ['scan', '--repo-path', repositoryPath, '--since', '2026-02-30'], /2026-02-30.*no commit and no date/],
  [
    'a word that is no commit',
    ['scan', '--repo-path', repositoryPath, '--since', 'lately'],
    /lately.*no commit and no date.*2\.weeks\.ago/,
  ],
  ['an option with an empty value, as with a variable that is not set', ['scan', '--output', ''], /--output is empty/],
  [
    'a source with an empty name, which would be this folder',
    ['deploy', ''],
    /^error: source is empty\. Give it a value; is a variable not set\?$/m,
  ],
  ['a folder with an empty name', ['analyze', ''], /folder is empty/],
  ['one empty name of several', ['report', 'merge', 'a.json', ''], /file is empty/],
  ['a variable that is given twice', ['apps', 'env', 'set', 'shop', 'DUP=1', 'DUP=2'], /DUP is given twice/],
  ['the work tree of a bare repository', ['scan', '--working-tree', '--repo-path', barePath], /has no work tree/],
  ['what is staged in a bare repository', ['scan', '--staged', '--repo-path', barePath], /has no work tree/],
  ['a folder inside a repository', ['scan', '--repo-path', import.meta.dirname], /lies in the repository \S+.*--repo-path/],
  ['a scope with what it does not cover', ['scan', '--staged', '--unreachable'], /cannot be used with/],
  ['a cleaning of nothing', ['clean'], /Say what to remove/],
  ['a push without target', ['push'], /--target-url/],
  ['a rule that does not exist', ['rules', 'show', 'nope'], /There is no rule "nope"/],
  ['no command', [], /Usage:/],
  ['a range that begins nowhere, as with an empty variable', ['scan', '--range', '..HEAD'], /does not say where it begins/],
  ['a range of nothing', ['scan', '--range', ' '], /does not say where it begins/],
  ['an empty date', ['scan', '--since', ''], /--since is empty/],
  ['a branch of what is uploaded as a whole', ['jobs', 'create', '--branch', 'main'], /--branch belongs to --url/],
  ['a baseline that does not exist', ['scan', '--baseline', '/no/such/file'], /\/no\/such\/file cannot be read: no such file/],
  ['a configuration that is a directory', ['scan', '--config', '/'], /\/ cannot be read: it is a directory/],
];

for (const [name, args, message] of usageErrors) {
  test(`2 for ${name}`, async () => {
    const { stdout, stderr, exitCode } = await runCli(args);

    assert.equal(exitCode, 2, stderr);
    assert.match(stderr, message);
    assert.equal(stdout, '');
  });
}

test('2 for a value on standard input that is not UTF-8, which is not quoted', async () => {
  const { stderr, exitCode } = await runCli(['apps', 'env', 'set', 'shop', 'NAME'], { stdin: Buffer.from([0x61, 0xff, 0xfe]) });

  assert.equal(exitCode, 2, stderr);
  assert.match(stderr, /^error: The value of NAME is not UTF-8\. /);
});

test('3 when the server does not accept the credentials, which appear nowhere', async () => {
  await using server = await startTestGitServer({ credentials: 'jane:right' });
  const environment = { DEPLOYGUARD_GIT_USERNAME: 'jane', DEPLOYGUARD_GIT_TOKEN: 'made-up-password', DEPLOYGUARD_CA_FILE: server.caFile };

  const { output, exitCode } = await runCli(['scan', '--url', `${server.url}/a.git`], { environment });

  assert.equal(exitCode, 3, output);
  assert.match(output, /credentials/);
  assert.equal(output.includes('made-up-password'), false);
});

test('4 when nobody answers', async () => {
  const { output, exitCode } = await runCli(['scan', '--url', 'https://127.0.0.1:1/a.git']);

  assert.equal(exitCode, 4, output);
});

test('5 when the result cannot be written, also when that is found out last', async () => {
  using repository = aWorkTree();
  repository.commit({ 'a.txt': 'a\n' });

  for (const args of [['scan'], ['rules', 'list'], ['scan', '--output', '/dev/full']]) {
    const { status, stderr } = spawnSync('sh', ['-c', 'exec "$@" >/dev/full', 'sh', process.execPath, launcher, ...args], {
      cwd: repository.path,
      encoding: 'utf8',
    });
    assert.equal(status, 5, stderr);
    assert.match(stderr, /error: .*the disk is full\n$/);
  }
});

test('where nothing can be said on standard error, the exit code is still right', async () => {
  using repository = aWorkTree();
  repository.commit({ 'a.txt': `${aToken('x')}\n` });
  const run = (...args: string[]) =>
    spawnSync('sh', ['-c', 'exec "$@" 2>/dev/full', 'sh', process.execPath, launcher, ...args], { cwd: repository.path }).status;

  assert.deepEqual([run('scan'), run('scan', '--format', 'doc'), run('scan', '--baseline', '/no/such')], [1, 2, 2]);
});

test('5 for a repository without objects: a scan of nothing must not look clean', async () => {
  using repository = aWorkTree();

  const { stderr, exitCode } = await runCli(['scan'], { cwd: repository.path });

  assert.equal(exitCode, 5);
  assert.match(stderr, /nothing was scanned/);
});

test('70 for a fault of ours, with the place and without the message, which may quote content', async () => {
  const written: string[] = [];
  const stream = { write: (text: string, done: () => void) => (written.push(text), done(), true) };
  const context = { ...createPlainContext(), stderr: createTerminal(stream, {}) };

  const exitCode = await reportError(new SyntaxError(`Unexpected token in ${aToken('x')}`), context);

  assert.equal(exitCode, 70);
  assert.match(written.join(''), /fault in DeployGuard \(SyntaxError\)[^]*at .*exit-codes\.test\.ts/);
  assert.equal(written.join('').includes(aToken('x')), false);
});

test('130 when interrupted, and the temporary directory is empty again', async () => {
  using repository = aWorkTree();
  using temporary = createTemporaryDirectory();
  repository.commit({ 'a.txt': `${aToken('x')}\n` });
  let isSent = false;

  const { output, exitCode } = await runCli(['scan'], {
    cwd: repository.path,
    environment: { TMPDIR: temporary.path },
    onOutput(text, child) {
      if (isSent || !text.includes('Opening')) return;
      isSent = true;
      child.kill('SIGINT');
    },
  });

  assert.equal(exitCode, 130, output);
  assert.deepEqual(readdirSync(temporary.path), []);
});

test('0 for help and version', async () => {
  for (const args of [['--help'], ['help', 'scan'], ['scan', '--help'], ['--version']]) {
    const { stdout, stderr, exitCode } = await runCli(args);

    assert.equal(exitCode, 0);
    assert.notEqual(stdout, '');
    assert.equal(stderr, '');
  }
});

test('variables about colour bring no warning of Node', async () => {
  for (const environment of [
    { NO_COLOR: '1', FORCE_COLOR: '1' },
    { NODE_DISABLE_COLORS: '1', FORCE_COLOR: '1' },
    { NO_COLOR: '', FORCE_COLOR: '' },
  ]) {
    for (const args of [['--version'], ['rules', 'show', 'npm-access-token']]) {
      const { stdout, stderr, exitCode } = await runCli(args, { environment });

      assert.deepEqual([stderr, exitCode], ['', 0]);
      if ('NO_COLOR' in environment && environment.NO_COLOR !== '') assert.equal(stdout.includes('\u001b'), false);
    }
  }
});

test('a reader that goes away is no error', () => {
  const pipeline = 'set -o pipefail; "$0" "$1" scan --help | head -1 >/dev/null';

  execFileSync('bash', ['-c', pipeline, process.execPath, launcher]);
});

test('an older Node starts the one beside the dependencies', () => {
  const pretend = "Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '20.1.0' } })";

  const stdout = execFileSync(
    process.execPath,
    ['--import', `data:text/javascript,${encodeURIComponent(pretend)}`, launcher, '--version'],
    { encoding: 'utf8' },
  );

  assert.match(stdout, /^\d+\.\d+\.\d+\n$/);
});

test('a copy without its dependencies says what to do', async () => {
  using directory = createTemporaryDirectory();
  const copy = join(directory.path, 'deployguard.mjs');
  writeFileSync(copy, readFileSync(launcher));

  assert.throws(
    () => execFileSync(process.execPath, [copy, '--version'], { encoding: 'utf8', stdio: 'pipe' }),
    (error: Error & { status?: number; stderr?: string }) => error.status === 5 && /npm ci/.test(error.stderr ?? ''),
  );
});

test('docs/exit-codes.md lists every exit code and every error code with the right one', () => {
  const text = readFileSync(join(import.meta.dirname, '..', '..', '..', 'docs', 'exit-codes.md'), 'utf8');
  const rows = [...text.matchAll(/^\| (\d+) \| .*\| ?(.*?) ?\|$/gm)];

  assert.deepEqual(
    rows.map(([, code]) => Number(code)),
    Object.values(exitCodes),
  );
  const documented = rows.flatMap(([, exitCode, codes]) =>
    [...codes!.matchAll(/`([A-Z_]+)`/g)].map(([, code]) => [code, Number(exitCode)]),
  );
  for (const [code, exitCode] of Object.entries(exitCodeByErrorCode))
    assert.deepEqual(
      documented.find(([known]) => known === code),
      [code, exitCode],
      code,
    );
});
