import assert from 'node:assert/strict';
import test from 'node:test';
import { builtInRules } from '@deployguard/secrets';
import { aToken } from '../../test/a-token.ts';
import { aWorkTree } from '../../test/a-work-tree.ts';
import { runCli } from '../../test/run-cli.ts';

const token = aToken('rules');

test('list names every rule, and fewer when asked', async () => {
  const all = await runCli(['rules', 'list']);
  const json = await runCli(['rules', 'list', 'oauth', '--provider', 'github', '--min-severity', 'critical', '--format', 'json']);

  assert.equal(all.exitCode, 0);
  for (const { id } of builtInRules) assert.ok(all.stdout.includes(id), id);
  assert.ok(all.stdout.includes(`${builtInRules.length.toLocaleString('en')} rules of `));
  assert.deepEqual(
    JSON.parse(json.stdout).map(({ id }: { id: string }) => id),
    ['github-oauth-access-token'],
  );
});

test('show tells what a rule recognises, where that is documented, and what to do', async () => {
  const rule = builtInRules.find(({ id }) => id === 'github-personal-access-token')!;

  const { stdout } = await runCli(['rules', 'show', rule.id]);

  for (const part of [rule.title, rule.provider, rule.severity, rule.expression.source, rule.source, rule.rotation.url])
    assert.ok(stdout.includes(part), part);
  assert.match(stdout, / {2}1\. Revoke the token/);
});

test('a rule that does not exist is answered with similar ones', async () => {
  const { stderr, exitCode } = await runCli(['rules', 'show', 'github-token']);

  assert.equal(exitCode, 2);
  assert.match(stderr, /There is no rule "github-token"\. Similar ones: github-.*, github-/);
});

test('test reads standard input or a file, tells place, rule and preview, and why it drops', async () => {
  using repository = aWorkTree();
  const broken = `${token.slice(0, -6)}AAAAAA`;
  const content = `first\nTOKEN=${token}\nother ${broken}\npassword = "changeme"\n`;
  repository.write({ 'a.env': content });

  const piped = await runCli(['rules', 'test'], { stdin: content });
  const file = await runCli(['rules', 'test', 'a.env'], { cwd: repository.path });
  const none = await runCli(['rules', 'test'], { stdin: 'nothing here\n' });

  assert.equal(piped.exitCode, 1);
  assert.match(piped.stdout, /^2:7 +critical +github-personal-access-token {2}ghp\.\.\.\w{3}\n/);
  assert.match(piped.stdout, /\n3:7 +low +unproven-token {2}ghp\.\.\.AAA\n/);
  assert.match(piped.stdout, /\n4:13 +dropped +generic-password .*to be filled in/);
  assert.equal(piped.output.includes(token), false);
  assert.equal(file.stdout, piped.stdout);
  assert.equal(none.exitCode, 0);
  assert.equal(none.stdout, '0 secrets, 0 matches dropped.\n');
});

test("test uses the configuration's own rules, and --show gives the value", async () => {
  using repository = aWorkTree();
  repository.write({ '.deployguard.toml': '[[rule]]\nid = "acme"\ntitle = "Acme"\nkeywords = ["acme_"]\nexpression = "acme_[a-z]{12}"\n' });

  const { stdout, exitCode } = await runCli(['rules', 'test', '--show'], { cwd: repository.path, stdin: 'x = acme_qwkzvhtbmxpd\n' });

  assert.equal(exitCode, 1, stdout);
  assert.match(stdout, /acme {2}acme_qwkzvhtbmxpd/);
});
