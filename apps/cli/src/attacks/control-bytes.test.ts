import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import { createTestRepository, type TestRepository } from '@deployguard/testkit';
import { aToken } from '../../test/a-token.ts';
import { aWorkTree } from '../../test/a-work-tree.ts';
import { runCli } from '../../test/run-cli.ts';

const token = aToken('control');
// Colours, cursor movements, a bell, a carriage return, an 8-bit CSI, text turned round, text made invisible.
const tricks = ['\u001b[31m', '\u001b[2J', '\u0007', '\r', '\u009b31m', '\u202e', '\u200b', '\u2066'];
// What a line of output may hold beside text: line feeds and tabs.
const obeyed = /[\0-\x08\x0b-\x1f\x7f-\x9f\p{Cf}\p{Zl}\p{Zp}]/u;

/** A repository with every trick in every text that a report quotes. */
function aTrickyRepository(): TestRepository {
  const repository = createTestRepository();
  for (const [number, trick] of tricks.entries()) {
    repository.commit({
      files: { [`a${trick}b.env`]: `TOKEN=${token}${number}\nTOKEN=${token}\n` },
      message: `sub${trick}ject ${token}\n\nbody${trick}\n`,
      author: `Ev${trick.replace('\r', '')}il <a${trick.replace('\r', '')}@example.org>`,
    });
  }
  repository.updateRef(`refs/heads/${Buffer.from('x\u009b31m\u202e').toString('latin1')}`, repository.resolveRef('HEAD'));
  repository.tag('v1', {
    target: repository.resolveRef('HEAD'),
    message: `\u001b]0;title\u0007 ${token}\n`,
    tagger: 'E\u001b[1m <e@example.org>',
  });
  return repository;
}

/** Carriage returns end the lines of CSV (RFC 4180). */
function findObeyed(output: string): string | undefined {
  return obeyed.exec(output.replaceAll('\r\n', '\n'))?.[0];
}

for (const format of ['table', 'csv', 'html', 'json', 'jsonl', 'junit', 'sarif']) {
  test(`G18 a report as ${format} holds nothing that a terminal obeys`, async () => {
    await using repository = aTrickyRepository();

    const { exitCode, output } = await runCli(['scan', '--explain', '--format', format, '--repo-path', repository.path]);

    assert.equal(exitCode, 1);
    assert.equal(findObeyed(output), undefined);
    assert.equal(output.includes(token), false);
  });
}

test('G18 escapes in JSON are the text itself once it is parsed', async () => {
  await using repository = aTrickyRepository();

  const { stdout } = await runCli(['scan', '--format', 'json', '--repo-path', repository.path]);

  const paths = JSON.parse(stdout).findings.map(({ location }: { location: { path?: string } }) => location.path);
  for (const trick of tricks) assert.ok(paths.includes(`a${trick}b.env`));
});

test('G18 cleaning, its dry run, its proof and its aftercare hold nothing that a terminal obeys', async () => {
  await using repository = aTrickyRepository();
  const run = (...args: readonly string[]) => runCli([...args, '--repo-path', repository.path]);

  const runs = [
    await run('clean', '--all', '--dry-run'),
    await run('clean', '--all'),
    await run('prove'),
    await run('prove', '--format', 'json'),
  ];

  for (const { exitCode, output } of runs) {
    assert.equal(exitCode, 0, output);
    assert.equal(findObeyed(output), undefined);
    assert.equal(output.includes(token), false);
  }
  assert.equal(findObeyed(readFileSync(`${repository.path}.cleaned.aftercare.md`, 'utf8')), undefined);
});

test('G18 errors and warnings about a directory quote its name harmlessly', async () => {
  using repository = aWorkTree('a\u001b[31m\u202e');

  const { exitCode, stderr } = await runCli(['scan', '--repo-path', `${repository.path}/missing`]);
  const empty = await runCli(['scan', '--repo-path', repository.path, '--baseline', `${repository.path}/none`]);

  assert.deepEqual([exitCode, empty.exitCode], [2, 2]);
  assert.equal(findObeyed(stderr + empty.output), undefined);
  assert.match(stderr, /\\x1b/);
});
