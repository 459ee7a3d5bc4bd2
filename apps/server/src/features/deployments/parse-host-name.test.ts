import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseHostName } from './parse-host-name.ts';

for (const [written, name] of [
  ['shop.example.com', 'shop.example.com'],
  ['Shop.Example.COM', 'shop.example.com'],
  ['shop.example.com.', 'shop.example.com'],
  ['münchen.example', 'xn--mnchen-3ya.example'],
  ['MÜNCHEN.example。', 'xn--mnchen-3ya.example'],
] as const) {
  test(`${written} is the host name ${name}`, () => assert.equal(parseHostName(written), name));
}

for (const text of [
  '',
  'shop',
  'com.',
  'a b.com',
  'a/b.com',
  'ex%41mple.com',
  'shop.com:80',
  'user@shop.com',
  '*.shop.com',
  'a..com',
  '.shop.com',
  'shop.com..',
  '-a.com',
  'a_b.com',
  '192.0.2.1',
  '0x7f.1',
  `${'a'.repeat(64)}.com`,
  `${'a.'.repeat(126)}com`,
  'shop.com\n',
]) {
  test(`${JSON.stringify(text)} is no host name`, () => assert.equal(parseHostName(text), undefined));
}
