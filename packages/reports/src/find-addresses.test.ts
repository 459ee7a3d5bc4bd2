import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findAddresses } from './find-addresses.ts';

test('addresses are found in texts and in HTML, without the punctuation behind them, each once', () => {
  const found = findAddresses(
    'See (https://a.example/x?y=1), http://b.example/; https://a.example/x?y=1.',
    undefined,
    `<a href="https://c.example/?p=1&amp;q=2">c</a> <a href='http://d.example'>d</a>`,
  );

  assert.deepEqual(found, ['https://a.example/x?y=1', 'http://b.example/', 'https://c.example/?p=1&q=2', 'http://d.example']);
});
