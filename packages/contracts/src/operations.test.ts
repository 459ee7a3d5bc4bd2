import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Compile } from 'typebox/compile';
import { buildOpenApi } from './openapi.ts';
import { listErrorStatuses } from './error-statuses.ts';
import type { Operation } from './operation.ts';
import { operations } from './operations.ts';
import { problemStatuses } from './problem.ts';

const all: readonly (readonly [string, Operation])[] = Object.entries(operations);

test('an operation is known by its id', () => {
  for (const [name, operation] of all) assert.equal(operation.id, name);
});

test('no two operations share method and path', () => {
  const places = all.map(([, { method, path }]) => `${method} ${path.replaceAll(/\{[^}]+\}/g, '{}')}`);

  assert.equal(new Set(places).size, places.length);
});

test('the parameters of a path are declared, each with a schema', () => {
  for (const [name, { path, params }] of all) {
    const inPath = [...path.matchAll(/\{([^}]+)\}/g)].map((match) => match[1]);
    assert.deepEqual(Object.keys(params?.properties ?? {}), inPath, name);
  }
});

test('only reading needs a read scope, and only public operations need none', () => {
  for (const [name, { method, access }] of all) {
    if (access === 'public') assert.equal(method, 'GET', name);
    else assert.equal(access.endsWith(':read'), method === 'GET', name);
  }
});

test('every DELETE is accepted, and answers with what it was about', () => {
  for (const [name, { method, answers, wire }] of all) {
    if (method !== 'DELETE' || wire !== undefined) continue;
    const [[status, schema]] = Object.entries(answers) as [[string, { type?: unknown }]];
    assert.deepEqual([status, schema.type], ['202', 'object'], name);
  }
});

test('every POST honours Idempotency-Key; a PUT whose work is done later may', () => {
  for (const [name, { method, idempotent }] of all) {
    if (method === 'PUT') continue;
    assert.equal(idempotent ?? false, method === 'POST', name);
  }
});

test('each body has an example, and every example follows its schema', () => {
  for (const [name, { body, upload }] of all) {
    if (body === undefined || upload !== undefined) continue;
    const { examples = [] } = body as { examples?: readonly unknown[] };
    assert.ok(examples.length > 0, name);
    for (const example of examples) assert.deepEqual(Compile(body).Errors(example), [], name);
  }
});

test('no body and no object of an answer takes what is not declared', () => {
  const document = JSON.stringify(buildOpenApi(Object.values(operations), { title: '', version: '', description: '' }));

  const objects = document.match(/"type":"object","required"|"type":"object","properties"/g) ?? [];
  const strict = document.match(/"additionalProperties":false/g) ?? [];
  assert.ok(objects.length > 30);
  assert.equal(strict.length, objects.length);
});

test('all errors that an operation may answer with have a code', () => {
  const statuses = new Set<number>(Object.values(problemStatuses));

  for (const [name, operation] of all) {
    for (const status of listErrorStatuses(operation)) assert.ok(statuses.has(status), `${name} ${status}`);
  }
});

test('the example of the guide that creates a job is accepted as it stands there', () => {
  const body = {
    source_platform: 'bitbucket',
    source_url: 'https://bitbucket.example.com/scm/proj/repo.git',
    source_branch: 'main',
    source_credentials_id: 'cred-abc-123',
  };

  assert.deepEqual(Compile(operations.createJob.body).Errors(body), []);
});

for (const [what, value] of [
  ['an option instead of a branch', { source_branch: '--upload-pack=touch /tmp/x' }],
  ['a transport of git', { source_url: 'ext::sh -c id' }],
  ['a local path', { source_url: 'file:///etc' }],
  ['a line break in the address', { source_url: 'https://host/a\nhost=evil' }],
  ['an unknown property', { tenant_id: '0193aa00-0000-7000-8000-000000000001' }],
] as const) {
  test(`a job with ${what} is refused by its schema`, () => {
    const body = { source_platform: 'github', source_url: 'https://github.com/org/repo.git', ...value };

    assert.notDeepEqual(Compile(operations.createJob.body).Errors(body), []);
  });
}
