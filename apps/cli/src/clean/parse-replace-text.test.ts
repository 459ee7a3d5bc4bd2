import assert from 'node:assert/strict';
import test from 'node:test';
import { parseReplaceText } from './parse-replace-text.ts';

test('a line is a text, with what it becomes behind the last arrow', () => {
  const content = Buffer.from('plain\r\na==>b\n\nliteral:c==>\nd==>e==>f\nübung\n');

  assert.deepEqual(parseReplaceText(content, 'texts'), [
    { value: 'plain' },
    { value: 'a', replacement: 'b' },
    { value: 'c', replacement: '' },
    { value: 'd==>e', replacement: 'f' },
    { value: Buffer.from('übung').toString('latin1') },
  ]);
});

test('spaces count, since they may belong to the text', () => {
  assert.deepEqual(parseReplaceText(Buffer.from(' a b ==> c'), 'texts'), [{ value: ' a b ', replacement: ' c' }]);
});

test('patterns and empty texts are refused by line and never quoted', () => {
  for (const line of ['regex:secret.*', 'glob:secret*', '==>secret']) {
    assert.throws(
      () => parseReplaceText(Buffer.from(`fine\n${line}\n`), 'texts'),
      (error: Error) => error.message.startsWith('texts, line 2: ') && !error.message.includes('secret'),
    );
  }
});
