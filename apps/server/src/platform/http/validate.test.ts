import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SetApplicationEnv } from '@deployguard/contracts';
import { ApiError } from './api-error.ts';
import { compileValidator } from './validate.ts';

function refuse(body: unknown): ApiError {
  try {
    compileValidator(SetApplicationEnv, 'body')(body);
  } catch (error) {
    assert.ok(error instanceof ApiError);
    return error;
  }
  throw new Error('It was taken.');
}

test('what is wrong with a body is told in plain words, and once', () => {
  assert.equal(refuse({ set: { NULV: 'a\0b' } }).message, 'The body is not valid: /set/NULV holds a zero byte.');
  assert.equal(
    refuse({ set: { BIGV: 'x'.repeat(65_537) } }).message,
    'The body is not valid: /set/BIGV must have at most 65536 characters.',
  );
  assert.equal(refuse({ set: { 'A=B': 'x' } }).message, 'The body is not valid: /set/A=B is no name that can stand here.');
  assert.equal(refuse({ sets: {} }).message, 'The body is not valid: /sets is not known here.');
});
