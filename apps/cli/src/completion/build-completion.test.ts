import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import test from 'node:test';
import { shells } from '../commands/completion.ts';
import { buildProgram } from '../program.ts';
import { describeCommands, listCommands } from '../reference/describe-commands.ts';
import { createPlainContext } from '../reference/plain-context.ts';
import { buildCompletion } from './build-completion.ts';

const program = buildProgram(createPlainContext());

for (const shell of shells) {
  test(`the ${shell} script knows every command and option`, () => {
    const script = buildCompletion(shell, program);

    for (const { path, options } of listCommands(describeCommands(program))) {
      assert.ok(script.includes(path.at(-1)!), path.join(' '));
      for (const { long } of options) assert.ok(script.includes(shell === 'fish' ? `-l ${long.slice(2)}` : long), long);
    }
  });
}

test('bash reads its script', () => {
  execFileSync('bash', ['-n'], { input: buildCompletion('bash', program), stdio: ['pipe', 'ignore', 'pipe'] });
});

/** What bash offers after these words, the last of which is being typed. */
function completeInBash(words: readonly string[]): string[] {
  const script = `${buildCompletion('bash', program)}
COMP_WORDS=(${words.map((word) => `'${word}'`).join(' ')})
COMP_CWORD=${words.length - 1}
_deployguard
printf '%s\\n' "\${COMPREPLY[@]}"`;
  const output = execFileSync('bash', ['--noprofile', '--norc'], { input: script, encoding: 'utf8', cwd: import.meta.dirname });
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
  assert.deepEqual(completeInBash(['deployguard', 'rules', 'test', 'build-completion.te']), ['build-completion.test.ts']);
});
