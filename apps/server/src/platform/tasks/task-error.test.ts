import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DoorbellDown } from '../queue/index.ts';
import { TaskError, toErrorRecord } from './task-error.ts';

test('errors of ours are kept with their code and words', () => {
  assert.deepEqual(toErrorRecord(new TaskError('TIME_LIMIT', 'Too long.')), { code: 'TIME_LIMIT', message: 'Too long.' });
  assert.equal(toErrorRecord(new DoorbellDown('Redis', 'it is away')).code, 'DOORBELL_DOWN');
});

test('long words are cut', () => {
  assert.equal(toErrorRecord(new TaskError('TIME_LIMIT', 'x'.repeat(10_000))).message.length, 500);
});

test('of errors of the runtime and of drivers nothing is kept', () => {
  const foreign: unknown[] = [
    new Error('with details'),
    Object.assign(new Error('with details'), { code: 'ENOENT' }),
    Object.assign(new TypeError('with details'), { code: 'ERR_INVALID_ARG_TYPE' }),
    Object.assign(new Error('with details'), { name: 'error', code: '23505' }),
    'with details',
    undefined,
  ];

  for (const error of foreign) {
    const record = toErrorRecord(error);
    assert.equal(record.code, 'UNEXPECTED');
    assert.doesNotMatch(record.message, /with details/);
  }
});
