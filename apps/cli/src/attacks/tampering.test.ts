import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { cpSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { aToken } from '../../test/a-token.ts';
import { aWorkTree, type WorkTree } from '../../test/a-work-tree.ts';
import { runCli } from '../../test/run-cli.ts';

const token = aToken('tampering');

function aDirtyWorkTree(): WorkTree {
  const repository = aWorkTree();
  repository.commit({ 'prod.env': `TOKEN=${token}\n` });
  return repository;
}

test('a result into which the old objects were put back is proven no more, although its refs are the same', async () => {
  using repository = aDirtyWorkTree();
  await runCli(['clean', '--all'], { cwd: repository.path });
  const before = await runCli(['prove'], { cwd: repository.path });
  cpSync(join(repository.path, '.git', 'objects'), join(repository.parent, 'app.cleaned.git', 'objects'), { recursive: true });

  const { exitCode, stderr } = await runCli(['prove'], { cwd: repository.path });

  assert.equal(before.exitCode, 0, before.output);
  assert.equal(exitCode, 5);
  assert.match(stderr, /is not what was proven: it holds/);
});

test('a file that was put into a result is seen without any text, and what it holds is not shown', async () => {
  using repository = aDirtyWorkTree();
  await runCli(['clean', '--all'], { cwd: repository.path });
  writeFileSync(join(repository.parent, 'app.cleaned.git', 'objects', 'info', 'notes'), token);

  const { exitCode, stderr, output } = await runCli(['prove'], { cwd: repository.path });

  assert.equal(exitCode, 5, output);
  assert.match(stderr, /is not what was proven: objects\/info\/notes did not come with it/);
  assert.equal(output.includes(token), false);
});

test('a result whose refs or whose proof were changed is not pushed', async () => {
  using repository = aDirtyWorkTree();
  await runCli(['clean', '--all'], { cwd: repository.path });
  const result = join(repository.parent, 'app.cleaned.git');
  const proofFile = join(repository.parent, 'app.cleaned.proof.json');
  const push = () => runCli(['push', '--target-url', 'https://127.0.0.1:1/app.git'], { cwd: repository.path });
  const proof = readFileSync(proofFile, 'utf8');

  const envelope = JSON.parse(proof) as { payload: string };
  const forged = Buffer.from(envelope.payload, 'base64').toString().replace('"name":"app"', '"name":"aqq"');
  writeFileSync(proofFile, JSON.stringify({ ...envelope, payload: Buffer.from(forged).toString('base64') }));
  const afterForging = await push();
  writeFileSync(proofFile, proof);
  execFileSync('git', ['--git-dir', result, 'update-ref', 'refs/heads/other', 'main']);
  const afterNewRef = await push();

  assert.notEqual(forged, Buffer.from(envelope.payload, 'base64').toString());
  assert.deepEqual([afterForging.exitCode, afterNewRef.exitCode], [5, 5]);
  assert.match(afterForging.stderr, /changed since/);
  assert.match(afterNewRef.stderr, /refs were changed/);
});

test('without a home, keys and caches do not go into the repository that the command runs in', async () => {
  using repository = aDirtyWorkTree();
  const before = readdirSync(repository.path);
  const environment = { HOME: '', XDG_CACHE_HOME: 'cache', XDG_CONFIG_HOME: 'config' };

  const { exitCode, output } = await runCli(['scan'], { cwd: repository.path, environment });
  const rules = await runCli(['prove'], { cwd: repository.path, environment });

  assert.equal(exitCode, 1, output);
  assert.doesNotMatch(rules.stderr, /\((?!\/)/, 'the place of the key is absolute');
  assert.deepEqual(readdirSync(repository.path), before);
});

test('values that hold each other go whole', async () => {
  using repository = aWorkTree();
  const texts = join(repository.parent, 'texts');
  writeFileSync(texts, 'alpha-beta\nbeta-gamma\nalpha-beta-gamma-delta\nbeta\n');
  repository.commit({ a: 'alpha-beta-gamma alpha-beta-gamma-delta xbetax\n', 'alpha-beta-gamma': 'x\n' }, 'alpha-beta-gamma');

  const { exitCode, output } = await runCli(['clean', '--replace-text', texts], { cwd: repository.path });

  const cleaned = join(repository.parent, 'app.cleaned.git');
  const everything = execFileSync('git', ['--git-dir', cleaned, 'log', '-p', '--format=%B', '--all'], { encoding: 'utf8' });
  assert.equal(exitCode, 0, output);
  assert.doesNotMatch(everything, /beta/);
  assert.doesNotMatch(everything, /(?:alpha|gamma|delta)-?\*|\*-?(?:gamma-delta|delta)/);
});
