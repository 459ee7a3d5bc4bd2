import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { builtInRules } from '@deployguard/secrets';
import { createTemporaryDirectory } from '@deployguard/testkit';
import { shells } from '../commands/completion.ts';
import { buildProgram } from '../program.ts';
import { describeCommands, listCommands } from '../reference/describe-commands.ts';
import { createPlainContext } from '../reference/plain-context.ts';
import { buildCompletion } from './build-completion.ts';

const program = buildProgram(createPlainContext());
const ruleIds = builtInRules.map(({ id }) => id);

for (const shell of shells) {
  test(`the ${shell} script knows every command and option`, () => {
    const script = buildCompletion(shell, program, ruleIds);

    for (const { path, options } of listCommands(describeCommands(program))) {
      assert.ok(script.includes(path.at(-1)!), path.join(' '));
      for (const { long } of options) assert.ok(script.includes(shell === 'fish' ? `-l ${long.slice(2)}` : long), long);
    }
  });
}

test('bash reads its script', () => {
  execFileSync('bash', ['-n'], { input: buildCompletion('bash', program, ruleIds), stdio: ['pipe', 'ignore', 'pipe'] });
});

/** What bash offers after these words, the last of which is being typed; it parts them at `COMP_WORDBREAKS`, which hold `=` by default. */
function completeInBash(words: readonly string[], folder = import.meta.dirname): string[] {
  const script = `${buildCompletion('bash', program, ruleIds)}
COMP_WORDS=(${words.map((word) => `'${word}'`).join(' ')})
COMP_CWORD=${words.length - 1}
_deployguard
printf '%s\\n' "\${COMPREPLY[@]}"`;
  const output = execFileSync('bash', ['--noprofile', '--norc'], { input: script, encoding: 'utf8', cwd: folder });
  return output.split('\n').filter((line) => line !== '');
}

test('bash completes commands, subcommands, options, values and files', () => {
  assert.deepEqual(completeInBash(['deployguard', 'pro']), ['prove']);
  assert.deepEqual(completeInBash(['deployguard', 'hooks', 'un']), ['uninstall']);
  assert.deepEqual(completeInBash(['deployguard', 'scan', '--stag']), ['--staged']);
  assert.deepEqual(completeInBash(['deployguard', 'scan', '--format', 's']), ['sarif']);
  assert.deepEqual(completeInBash(['deployguard', 'scan', '--staged', '--min-severity', 'cr']), ['critical']);
  assert.deepEqual(completeInBash(['deployguard', 'completion', 'z']), ['zsh']);
  assert.deepEqual(completeInBash(['deployguard', 'scan', '--output', 'build-completion.te']), ['build-completion.test.ts']);
  for (const command of ['rules test', 'report diff', 'analyze', 'deploy'])
    assert.deepEqual(completeInBash(['deployguard', ...command.split(' '), 'build-completion.te']), ['build-completion.test.ts'], command);
});

test('bash completes names of files that hold spaces and patterns as they are', () => {
  using folder = createTemporaryDirectory();
  for (const file of ['a file.json', 'a*', 'b']) writeFileSync(join(folder.path, file), '');

  assert.deepEqual(completeInBash(['deployguard', 'scan', '--output', 'a'], folder.path).sort(), ['a file.json', 'a*']);
  assert.deepEqual(completeInBash(['deployguard', 'scan', '--output=a'], folder.path).sort(), ['--output=a file.json', '--output=a*']);
  assert.deepEqual(completeInBash(['deployguard', 'rules', 'test', 'a f'], folder.path), ['a file.json']);
});

test('zsh is told of each argument of a command once, and of one alone that takes all the rest', () => {
  const script = buildCompletion('zsh', program, ruleIds);

  assert.match(script, /^_deployguard_hooks_run\(\) \{[^}]*'1:hook:\(pre-commit pre-push\)' \\\n {4}'\*:arguments: '\n\}/m);
  for (const [, name, body = ''] of script.matchAll(/^(_deployguard\w*)\(\) \{\n(.*?)^\}/gms))
    assert.ok([...body.matchAll(/'\*:(?!:)/g)].length <= 1, name);
});

test('bash completes ids of rules', () => {
  const ofNpm = ruleIds.filter((id) => id.startsWith('npm-'));

  assert.ok(ofNpm.length > 0);
  assert.deepEqual(completeInBash(['deployguard', 'rules', 'show', 'npm-']).sort(), ofNpm.sort());
  assert.deepEqual(completeInBash(['deployguard', 'scan', '--rule', 'npm-']).sort(), ofNpm.sort());
  assert.deepEqual(completeInBash(['deployguard', 'scan', '--disable-rule', '=', 'npm-']).sort(), ofNpm.sort());
  assert.equal(completeInBash(['deployguard', 'rules', 'show', '']).length, ruleIds.length);
});

test('bash completes values behind an equals sign, however it parts words', () => {
  assert.deepEqual(completeInBash(['deployguard', 'scan', '--format', '=', 's']), ['sarif']);
  assert.deepEqual(completeInBash(['deployguard', 'scan', '--format', '=']), ['table', 'csv', 'html', 'json', 'jsonl', 'junit', 'sarif']);
  assert.deepEqual(completeInBash(['deployguard', 'scan', '--format=s']), ['--format=sarif']);
  assert.deepEqual(completeInBash(['deployguard', 'scan', '--output', '=', 'build-completion.te']), ['build-completion.test.ts']);
  assert.deepEqual(completeInBash(['deployguard', 'scan', '--since=x']), []);
  assert.deepEqual(completeInBash(['deployguard', 'scan', '--format', '=', 'json', '--stag']), ['--staged']);
});

for (const shell of ['zsh', 'fish'] as const) {
  test(`the ${shell} script offers ids of rules where one is wanted`, () => {
    const script = buildCompletion(shell, program, ruleIds);

    assert.ok(script.includes(ruleIds.join(' ')));
    const wanted =
      shell === 'zsh'
        ? /--(?:disable-)?rule=\[[^\n]*:__deployguard_rule_ids'/g
        : /-l (?:disable-)?rule [^\n]*-x -a '\(__deployguard_rule_ids\)'/g;
    assert.ok([...script.matchAll(wanted)].length >= 4);
    assert.match(
      script,
      shell === 'zsh' ? /'1:rule-id:__deployguard_rule_ids'/ : /__deployguard_at deployguard rules show' -a '\(__deployguard_rule_ids\)'/,
    );
  });
}
