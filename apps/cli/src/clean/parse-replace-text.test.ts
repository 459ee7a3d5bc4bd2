import assert from 'node:assert/strict';
import test from 'node:test';
import { parseReplaceText } from './parse-replace-text.ts';

test('a line is a text, with what it becomes behind the last arrow', () => {
  const content = Buffer.from('plain\r\nlong==>b\n\nliteral:text==>\nd==>e==>f\nübung\n');

  assert.deepEqual(parseReplaceText(content, 'texts'), [
    { value: 'plain' },
    { value: 'long', replacement: 'b' },
    { value: 'text', replacement: '' },
    { value: 'd==>e', replacement: 'f' },
    { value: Buffer.from('übung').toString('latin1') },
  ]);
});

test('spaces count, since they may belong to the text', () => {
  assert.deepEqual(parseReplaceText(Buffer.from(' a b ==> c'), 'texts'), [{ value: ' a b ', replacement: ' c' }]);
});

test('patterns, empty texts and those that would be found by chance are refused by line and never quoted', () => {
  for (const line of ['regex:secret.*', 'glob:secret*', '==>secret', 'abc==>secret']) {
    assert.throws(
      () => parseReplaceText(Buffer.from(`fine\n${line}\n`), 'texts'),
      (error: Error) => error.message.startsWith('texts, line 2: ') && !error.message.includes('secret'),
    );
  }
});

test('byte order marks are no part of the first text, and UTF-16 is read', () => {
  const text = 'geheim==>offen\nübung';
  const littleEndian = Buffer.from(`\ufeff${text}`, 'utf16le');
  const files = [Buffer.from(`\ufeff${text}`), littleEndian, Buffer.from(littleEndian).swap16()];

  const entries = files.map((file) => parseReplaceText(file, 'texts'));

  const expected = [{ value: 'geheim', replacement: 'offen' }, { value: Buffer.from('übung').toString('latin1') }];
  assert.deepEqual(entries, [expected, expected, expected]);
});
