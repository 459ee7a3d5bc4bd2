import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, lstatSync, mkdirSync, readdirSync, readFileSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { aToken } from '../../test/a-token.ts';
import { aWorkTree, type WorkTree } from '../../test/a-work-tree.ts';
import { listFileDigests } from '../../test/list-file-digests.ts';
import { launcher, runCli } from '../../test/run-cli.ts';

const token = aToken('links');
const foreign = aToken('of somebody else');

function aDirtyWorkTree(): WorkTree {
  const repository = aWorkTree();
  repository.commit({ 'prod.env': `TOKEN=${token}\n` });
  return repository;
}

test('G11 objects behind a symbolic link are not read, by any command', async () => {
  using repository = aDirtyWorkTree();
  const objects = join(repository.path, '.git', 'objects');
  renameSync(objects, join(repository.parent, 'elsewhere'));
  symlinkSync(join(repository.parent, 'elsewhere'), objects);

  const scanned = await runCli(['scan', '--repo-path', repository.path]);
  const cleaned = await runCli(['clean', '--all', '--repo-path', repository.path]);

  assert.deepEqual([scanned.exitCode, cleaned.exitCode], [5, 5]);
  assert.match(scanned.stderr, /symbolic link/);
  assert.deepEqual(readdirSync(repository.parent).sort(), ['app', 'elsewhere']);
});

test('G13 links in the work tree, at a leaf or at a parent, lead a scan nowhere; what they say is scanned as the text it is', async () => {
  using repository = aDirtyWorkTree();
  const outside = join(repository.parent, 'outside');
  mkdirSync(outside);
  writeFileSync(join(outside, 'private.env'), `TOKEN=${foreign}\n`);
  mkdirSync(join(repository.path, 'config'));
  repository.commit({ 'config/private.env': 'nothing\n' });
  execFileSync('rm', ['-r', join(repository.path, 'config')]);
  symlinkSync(outside, join(repository.path, 'config'));
  symlinkSync(join(outside, 'private.env'), join(repository.path, 'leaf.env'));
  symlinkSync(token, join(repository.path, 'text'));
  repository.git('add', '--all');
  repository.git('commit', '--quiet', '--message', 'links');

  const files = await runCli(['scan', '--working-tree', '--format', 'json', '--show', '--repo-path', repository.path]);
  const history = await runCli(['scan', '--format', 'json', '--show', '--repo-path', repository.path]);
  const cleaned = await runCli(['clean', '--all', '--repo-path', repository.path]);

  assert.equal(files.output.includes(foreign), false);
  assert.equal(history.output.includes(foreign), false);
  assert.ok(JSON.parse(history.stdout).findings.some(({ location }: { location: { path?: string } }) => location.path === 'text'));
  assert.equal(cleaned.exitCode, 0, cleaned.output);
  assert.equal(readFileSync(join(outside, 'private.env'), 'utf8'), `TOKEN=${foreign}\n`);
});

test('G13 a report is not written through a link: neither one in its place nor one that the repository put above it', async () => {
  using repository = aDirtyWorkTree();
  const outside = join(repository.parent, 'outside');
  mkdirSync(outside);
  writeFileSync(join(outside, 'precious'), 'precious\n');
  symlinkSync(outside, join(repository.path, 'reports'));
  symlinkSync(join(outside, 'precious'), join(repository.path, 'report.json'));
  const scan = (file: string) => runCli(['scan', '--format', 'json', '--output', file], { cwd: repository.path });

  const above = await scan('reports/precious');
  const inPlace = await scan('report.json');

  assert.equal(above.exitCode, 2);
  assert.match(above.stderr, /leads out of the repository through a symbolic link/);
  assert.equal(inPlace.exitCode, 1, inPlace.output);
  assert.ok(lstatSync(join(repository.path, 'report.json')).isFile());
  assert.equal(readFileSync(join(outside, 'precious'), 'utf8'), 'precious\n');
});

test('G13 an archive is not written through a link that waits under its temporary name', async () => {
  using repository = aDirtyWorkTree();
  const precious = join(repository.parent, 'precious');
  writeFileSync(precious, 'precious\n');
  const zip = join(repository.parent, 'clean.zip');
  symlinkSync(precious, `${zip}.tmp`);

  const { exitCode, output } = await runCli(['clean', '--all', '--output', zip, '--repo-path', repository.path]);

  assert.equal(exitCode, 0, output);
  assert.equal(readFileSync(precious, 'utf8'), 'precious\n');
  assert.ok(lstatSync(zip).isFile());
});

test('a report to a device or a pipe goes there; nothing takes its place', async () => {
  using repository = aDirtyWorkTree();
  const pipe = join(repository.parent, 'pipe');
  execFileSync('mkfifo', [pipe]);
  const link = join(repository.parent, 'link');
  symlinkSync(pipe, link);

  const running = runCli(['scan', '--format', 'jsonl', '--output', link, '--repo-path', repository.path]);
  const received = execFileSync('timeout', ['30', 'cat', pipe], { encoding: 'utf8' });
  const { exitCode } = await running;
  const streamed = execFileSync(
    'sh',
    ['-c', '"$@" --output /dev/stdout | cat', 'sh', process.execPath, launcher, 'scan', '--repo-path', repository.path],
    {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    },
  );

  assert.equal(exitCode, 1);
  assert.match(received, /"type":"end"/);
  assert.ok(lstatSync(pipe).isFIFO() && lstatSync(link).isSymbolicLink());
  assert.match(streamed, /1 secret in 1 place/);
});

test('no output replaces or enters the repository, whatever is forced', async () => {
  using repository = aDirtyWorkTree();
  const before = listFileDigests(repository.path);
  const places = ['.', '..', '.git', join('.git', 'clean.git'), join('.git', 'HEAD')];

  for (const place of places) {
    const { exitCode, stderr } = await runCli(['clean', '--all', '--force', '--output', place], { cwd: repository.path });
    assert.equal(exitCode, 2, place);
    assert.match(stderr, /which is never changed/, place);
  }
  const report = await runCli(['scan', '--output', join('.git', 'HEAD')], { cwd: repository.path });

  assert.equal(report.exitCode, 2);
  assert.deepEqual(listFileDigests(repository.path), before);
  assert.deepEqual(readdirSync(repository.parent), ['app']);
});

test('--force replaces what an earlier cleaning left and nothing else', async () => {
  using repository = aDirtyWorkTree();
  const home = join(repository.parent, 'home');
  mkdirSync(home);
  writeFileSync(join(home, 'precious'), 'precious\n');
  writeFileSync(join(repository.parent, 'precious.zip'), 'precious\n');
  symlinkSync(home, join(repository.parent, 'link.git'));
  const clean = (place: string) => runCli(['clean', '--all', '--force', '--output', place], { cwd: repository.path });

  const refused = [await clean(home), await clean('../precious.zip'), await clean('../link.git')];
  const first = await clean('../mine.git');
  const second = await clean('../mine.git');

  for (const { exitCode, stderr } of refused) {
    assert.equal(exitCode, 5);
    assert.match(stderr, /is no result of an earlier cleaning/);
  }
  assert.deepEqual([first.exitCode, second.exitCode], [0, 0], second.output);
  assert.equal(readFileSync(join(home, 'precious'), 'utf8'), 'precious\n');
  assert.equal(existsSync(join(repository.parent, 'precious.zip')), true);
  assert.equal(
    readdirSync(repository.parent).some((name) => name.includes('.tmp-')),
    false,
  );
});
