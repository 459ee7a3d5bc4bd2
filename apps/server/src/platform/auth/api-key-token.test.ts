import assert from 'node:assert/strict';
import { test } from 'node:test';
import { crc32 } from 'node:zlib';
import { createApiKeyToken, hashApiKey, isApiKeyToken, prefixOfApiKey } from './api-key-token.ts';

test('a key is dgk_, 40 random characters and the CRC-32 of them in six digits of base 62', () => {
  const token = createApiKeyToken();

  const [, secret, checksum] = /^dgk_([0-9A-Za-z]{40})([0-9A-Za-z]{6})$/.exec(token)!;
  const digits = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
  const value = [...checksum!].reduce((sum, digit) => sum * 62 + digits.indexOf(digit), 0);
  assert.equal(value, crc32(secret!));
});

test('keys do not repeat, and use all characters evenly', () => {
  const tokens = Array.from({ length: 1000 }, createApiKeyToken);

  assert.equal(new Set(tokens).size, tokens.length);
  const counts = new Map<string, number>();
  for (const character of tokens.flatMap((token) => Array.from(token.slice(4, 44))))
    counts.set(character, (counts.get(character) ?? 0) + 1);
  assert.equal(counts.size, 62);
  // 40,000 characters: 645 of each, with a standard deviation of 25.
  assert.ok([...counts.values()].every((count) => count > 645 - 200 && count < 645 + 200));
});

test('a key with one other character is told without asking the database', () => {
  const token = createApiKeyToken();

  assert.equal(isApiKeyToken(token), true);
  for (let index = 0; index < token.length; index++) {
    const other = token[index] === 'A' ? 'B' : 'A';
    assert.equal(isApiKeyToken(token.slice(0, index) + other + token.slice(index + 1)), false, String(index));
  }
  for (const text of ['', 'dgk_', `${token}0`, ` ${token}`, `${token}\n`]) assert.equal(isApiKeyToken(text), false);
});

test('what is shown of a key says little: 8 of its 40 random characters', () => {
  const token = createApiKeyToken();

  assert.equal(prefixOfApiKey(token), token.slice(0, 12));
});

test('the hash is SHA-256, in hex', () => {
  // From FIPS 180-2, appendix B.1.
  assert.equal(hashApiKey('abc'), 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
});
