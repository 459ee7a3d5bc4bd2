import assert from 'node:assert/strict';
import test from 'node:test';
import { createMasker } from './mask-secrets.ts';

test('every occurrence of every value is replaced by its preview', () => {
  const mask = createMasker([
    { value: 'first-secret', preview: 'fir...ret' },
    { value: 'second-secret', preview: 'sec...ret' },
  ]);

  assert.equal(mask('a first-secret, first-secret/second-secret.'), 'a fir...ret, fir...ret/sec...ret.');
  assert.equal(mask('nothing here'), 'nothing here');
});

test('of two values that begin alike the longer one is replaced', () => {
  const mask = createMasker([
    { value: 'token-a', preview: '***' },
    { value: 'token-abc', preview: '###' },
  ]);

  assert.equal(mask('token-abc token-ab'), '### ***b');
});

test('values are bytes: text of other scripts is found in what is shown', () => {
  const mask = createMasker([{ value: Buffer.from('пароль-секрет').toString('latin1'), preview: '***' }]);

  assert.equal(mask('x пароль-секрет y'), 'x *** y');
});
