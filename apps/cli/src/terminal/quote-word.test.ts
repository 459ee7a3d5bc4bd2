import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import test from 'node:test';
import { quoteWord } from './quote-word.ts';

test('a shell reads back the word, whatever is in it', () => {
  for (const word of ['plain/path.git', 'with space', "it's", '$(id)', '`id`', 'a;b|c&d', '*', '', '"x"', '-n', 'é']) {
    const read = execFileSync('sh', ['-c', `printf '%s.' ${quoteWord(word)}`], { encoding: 'utf8' });

    assert.equal(read, `${word}.`);
  }
});

test('words without danger stay as they are', () => {
  assert.equal(quoteWord('https://example.org/octo/app.git'), 'https://example.org/octo/app.git');
});
