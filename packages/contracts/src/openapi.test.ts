import assert from 'node:assert/strict';
import { test } from 'node:test';
import Type from 'typebox';
import { buildOpenApi } from './openapi.ts';
import type { JsonObject } from './openapi.ts';
import { defineOperation } from './operation.ts';
import { entity, parameters, uuid } from './schema.ts';

const info = { title: 'Test', version: '1', description: 'For tests.' };
const Pet = entity('Pet', { name: Type.String() }, { examples: [{ name: 'Rex' }] });
const getPet = defineOperation({
  id: 'getPet',
  method: 'GET',
  path: '/pets/{id}',
  summary: 'Show a pet',
  tag: 'Pets',
  access: 'jobs:read',
  params: parameters({ id: uuid }),
  query: parameters({ depth: Type.Optional(Type.Integer()) }),
  answers: { 200: Pet },
});
const addPet = defineOperation({
  id: 'addPet',
  method: 'POST',
  path: '/pets',
  summary: 'Add a pet',
  tag: 'Pets',
  access: 'public',
  body: entity('AddPet', { pet: Pet }),
  answers: { 204: Type.Null({ description: 'Added.' }) },
  idempotent: true,
});

test('a schema with a title stands once among the components and is referred to by its name', () => {
  const document = buildOpenApi([getPet, addPet], info);

  const schemas = read(document, 'components', 'schemas');
  assert.deepEqual(Object.keys(schemas), ['AddPet', 'InvalidField', 'Pet', 'Problem']);
  assert.deepEqual(read(schemas, 'AddPet', 'properties', 'pet'), { $ref: '#/components/schemas/Pet' });
  assert.deepEqual(read(document, 'paths', '/pets/{id}', 'get', 'responses', '200', 'content', 'application/json'), {
    schema: { $ref: '#/components/schemas/Pet' },
  });
});

test('parameters say where they stand and whether they must be there', () => {
  const document = buildOpenApi([getPet], info);

  const parameters = read(document, 'paths', '/pets/{id}', 'get')['parameters'] as JsonObject[];
  assert.deepEqual(
    parameters.map(({ name, in: place, required }) => [name, place, required]),
    [
      ['id', 'path', true],
      ['depth', 'query', false],
    ],
  );
});

test('every operation names its scope, and public ones ask for nothing', () => {
  const document = buildOpenApi([getPet, addPet], info);

  assert.deepEqual(read(document, 'paths', '/pets/{id}', 'get')['security'], [
    { apiKey: ['jobs:read'] },
    { bearer: ['jobs:read'] },
    { gateway: ['jobs:read'] },
  ]);
  assert.deepEqual(read(document, 'paths', '/pets', 'post')['security'], []);
});

test('an answer without a body has no content', () => {
  const document = buildOpenApi([addPet], info);

  assert.deepEqual(read(document, 'paths', '/pets', 'post', 'responses', '204'), { description: 'Added.' });
});

test('the order of the operations does not change the document', () => {
  const one = JSON.stringify(buildOpenApi([getPet, addPet], info));
  const other = JSON.stringify(buildOpenApi([addPet, getPet], info));

  assert.equal(one, other);
});

test('two different schemas of one name are an error', () => {
  const other = defineOperation({
    ...getPet,
    id: 'getOther',
    path: '/others/{id}',
    answers: { 200: entity('Pet', { age: Type.Integer() }) },
  });

  assert.throws(() => buildOpenApi([getPet, other], info), /Two different schemas are named Pet/);
});

function read(value: unknown, ...path: readonly string[]): JsonObject {
  return path.reduce((part, key) => part[key] as JsonObject, value as JsonObject);
}
