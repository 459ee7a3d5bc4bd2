import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hidePasswords } from './hide-passwords.ts';

test('what a scanner has logged in with is left out, and who it was stays', () => {
  for (const [text, hidden] of [
    ['[hydra found]\nuser:root\npass:o p]e', '[hydra found]\nuser:root\npass: …'],
    ['Password = open', 'Password = …'],
    ['[22][ssh] host: 192.0.2.7   login: root   password: op3n\nnext', '[22][ssh] host: 192.0.2.7   login: root   password: …\nnext'],
    ['with: uid[root] pw[o]pen] realm[]', 'with: uid[root] pw[…] realm[]'],
    ['with: uid[root] pw[open].', 'with: uid[root] pw[…].'],
    ['A password: it is short.', 'A password: it is short.'],
  ] as const) {
    assert.equal(hidePasswords(text), hidden);
  }
  assert.equal(hidePasswords(undefined), undefined);
});
