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

test('P12 punctuation that fills megabytes is passed over once, not once for each of its characters', { timeout: 120_000 }, () => {
  const marks = ']'.repeat(4_000_000);

  assert.deepEqual(findAddresses(`https://a.example/${marks} https://b.example/${marks}c`), [
    'https://a.example/',
    `https://b.example/${marks}c`,
  ]);
});
