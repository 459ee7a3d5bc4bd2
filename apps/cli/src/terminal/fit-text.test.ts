import assert from 'node:assert/strict';
import test from 'node:test';
import { cutPath, cutText, measureText, padText, wrapText } from './fit-text.ts';

test('width counts cells: wide characters two, combining ones none', () => {
  assert.equal(measureText('abc'), 3);
  assert.equal(measureText('日本'), 4);
  assert.equal(measureText('e\u0301'), 1);
});

test('text is cut at the end, a path in front, and neither is wider than asked', () => {
  assert.equal(cutText('abcdef', 4, '…'), 'abc…');
  assert.equal(cutText('abcd', 4, '…'), 'abcd');
  assert.equal(cutPath('src/a/long/path/file.ts', 10, '…'), '…h/file.ts');
  assert.equal(cutPath('日本語日本語', 5, '…'), '…本語');
});

test('padding fills up to the width, wide characters counted', () => {
  assert.equal(padText('日', 4), '日  ');
  assert.equal(padText('abcdef', 4), 'abcdef');
});

test('wrapping breaks at spaces only', () => {
  assert.deepEqual(wrapText('one two three', 7), ['one two', 'three']);
  assert.deepEqual(wrapText('unbreakable word', 5), ['unbreakable', 'word']);
});
