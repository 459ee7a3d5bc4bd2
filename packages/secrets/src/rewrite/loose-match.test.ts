import assert from 'node:assert/strict';
import { test } from 'node:test';
import { matchLoosely } from './loose-match.ts';

test('any mixture of escapes and breaks is followed to the end of the value', () => {
  const value = 'a/b "c"\n=é'.replace('é', '\xc3\xa9');

  for (const text of [
    value,
    'a%2Fb+%22c%22%0A%3D%c3%A9',
    'a\\/b \\"c\\"\\n=\\u00e9',
    'a\\\\/b \\\\\\"c\\\\\\"\\\\n=\\u{00e9}',
    'a&sol;b &quot;c&#34;&#x0a;&equals;&#233;',
    'a\\057b\\040\\x22c"\\12\n='.replace('\\12\n', '\\012') + '=C3=A9',
    'a/" + "b "c"\n=\xc3\\\n\xa9',
  ]) {
    assert.equal(matchLoosely(`${text} and more`, 0, value, true), text.length, JSON.stringify(text));
  }
});

test('what is not the value does not match, however it is read', () => {
  assert.equal(matchLoosely('a%2Gb', 0, 'a/b', true), -1);
  assert.equal(matchLoosely('abc', 0, 'abcd', true), -1);
  assert.equal(matchLoosely('a%2Fb', 0, 'a/b', false), -1);
  assert.equal(matchLoosely('ab\\\ncd', 0, 'abcd', false), 6);
  assert.equal(matchLoosely('abc",\n\tdrawn', 0, 'abcd', true), -1);
  assert.equal(matchLoosely('abc\n"drawn', 0, 'abcd', true), -1);
});

test('text full of escapes and breaks takes no more than a moment', () => {
  const started = performance.now();

  assert.equal(matchLoosely(`x${'"\n"\\'.repeat(5000)}`, 0, `x${'\\'.repeat(200)}y`, true), -1);

  assert.ok(performance.now() - started < 5000);
});
