import assert from 'node:assert/strict';
import test from 'node:test';
import { aWorkTree } from '../../test/a-work-tree.ts';
import { runCli } from '../../test/run-cli.ts';

const repository = aWorkTree('shop');
test.after(() => repository[Symbol.dispose]());
const commit = repository.commit({
  'package.json': JSON.stringify({ scripts: { start: 'node server.js' }, dependencies: { express: '5' } }),
  'server.js': 'app.listen(process.env.PORT || 4000);\n',
});
// Not committed.
repository.write({ 'requirements.txt': 'flask\n' });

test('the last commit is analysed, whatever lies in the work tree', async () => {
  const { stdout, exitCode } = await runCli(['analyze', '--quiet', '--format', 'json'], { cwd: repository.path });

  const analysis = JSON.parse(stdout) as Record<string, unknown>;
  assert.equal(exitCode, 0);
  assert.equal(analysis['commit'], commit);
  assert.deepEqual(analysis['startCommand'], {
    value: 'npm run start',
    rule: 'node-start-script',
    confidence: 'high',
    file: 'package.json',
    line: 1,
  });
  assert.deepEqual(analysis['port'], { value: 4000, rule: 'node-port-in-code', confidence: 'medium', file: 'server.js', line: 1 });
});

test('a folder is analysed as it lies there, and the table says what each answer rests on', async () => {
  const { stdout, exitCode } = await runCli(['analyze', 'shop', '--quiet'], { cwd: repository.parent });

  assert.equal(exitCode, 0);
  assert.match(stdout, /^Framework +express +\(high · package\.json:1\)$/m);
  assert.match(stdout, /^Start +npm run start +\(high · package\.json:1\)$/m);
  assert.match(stdout, /^Variable +PORT +\(high · server\.js:1\)$/m);
});

test('names in a repository do not reach the terminal as commands', async () => {
  using hostile = aWorkTree();
  hostile.commit({
    'package.json': JSON.stringify({ scripts: { start: 'x' } }),
    'prisma/\u001b[2J/schema.prisma': 'datasource db { provider = "mysql" }',
  });

  const { stdout } = await runCli(['analyze', '--quiet'], { cwd: hostile.path });

  assert.match(stdout, /mysql/);
  assert.ok(!stdout.includes('\u001b'));
});

const refusals: readonly (readonly [name: string, args: readonly string[], message: RegExp])[] = [
  ['a root that is not there', ['--root', 'nope'], /no folder nope/],
  ['a folder that is not there', ['/no/such/folder'], /\/no\/such\/folder cannot be read/],
  ['a folder and a repository at once', ['.', '--repo-path', '.'], /Name one of them/],
];

for (const [name, args, message] of refusals) {
  test(`2 for ${name}`, async () => {
    const { stderr, exitCode } = await runCli(['analyze', ...args], { cwd: repository.path });

    assert.equal(exitCode, 2);
    assert.match(stderr, message);
  });
}
