import assert from 'node:assert/strict';
import { test } from 'node:test';
import Type from 'typebox';
import type { TSchema } from 'typebox';
import Value from 'typebox/value';
import { describeFault } from './describe-fault.ts';

const cases: readonly (readonly [words: string, schema: TSchema, value: unknown])[] = [
  ['must be at least 1', Type.Integer({ minimum: 1 }), 0],
  ['must be at most 100', Type.Integer({ maximum: 100 }), 101],
  ['must be more than 0', Type.Number({ exclusiveMinimum: 0 }), 0],
  ['must be a whole number', Type.Integer(), 1.5],
  ['must be a number', Type.Number(), '1'],
  ['must be true or false', Type.Boolean(), 'yes'],
  ['must be a list', Type.Array(Type.String()), 'a'],
  ['must be an object', Type.Object({}), 'a'],
  ['must be text: write it in quotes', Type.String(), 900],
  ['must be text', Type.String(), ['a']],
  ['must not be empty', Type.String({ minLength: 1 }), ''],
  ['must have at least 4 characters', Type.String({ minLength: 4 }), 'abc'],
  ['must have at most 3 characters', Type.String({ maxLength: 3 }), 'abcd'],
  ['must not be empty', Type.Array(Type.String(), { minItems: 1 }), []],
  ['must have at most 1 entry', Type.Array(Type.String(), { maxItems: 1 }), ['a', 'b']],
  ['must have at most 2 entries', Type.Record(Type.String(), Type.String(), { maxProperties: 2 }), { a: '', b: '', c: '' }],
  ['must not hold an entry twice', Type.Array(Type.String(), { uniqueItems: true }), ['a', 'a']],
  ['needs path and status', Type.Object({ path: Type.String(), status: Type.Integer() }), {}],
  ['must be one of GET, HEAD', Type.Unsafe({ type: 'string', enum: ['GET', 'HEAD'] }), 'PUT'],
  ['must be a UUID', Type.String({ format: 'uuid' }), 'x'],
  ['must be a time such as 2026-12-31T23:59:59Z', Type.String({ format: 'date-time' }), 'today'],
  ['holds a zero byte', Type.String({ pattern: '^[^\\u0000]*$' }), 'a\0b'],
  ['holds a line break or another control character', Type.String({ pattern: '^[^\\u0000-\\u001f]*$' }), 'a\nb'],
  ['does not have the form ^[a-z]+$', Type.String({ pattern: '^[a-z]+$' }), 'A'],
];

test('what does not follow a schema is told in plain words', () => {
  for (const [words, schema, value] of cases) {
    const [fault] = Value.Errors(schema, value);
    assert.ok(fault, words);
    assert.equal(describeFault(fault, value), words);
  }
});
