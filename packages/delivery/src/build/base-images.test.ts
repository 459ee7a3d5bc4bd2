import assert from 'node:assert/strict';
import { test } from 'node:test';
import { resolveBaseImage } from './base-images.ts';
import { parseImageName, printImageName } from './image-name.ts';

test('the most exact entry of the map stands for an image', () => {
  const map = {
    node: 'r.example/node:any',
    'node:22': 'r.example/node:22',
    'node:22-alpine': 'r.example/node:22a',
    'ghcr.io/own/base': 'r.example/own',
  };
  const resolve = (name: string): string => resolveBaseImage(name, { map, registries: [] });

  assert.deepEqual(
    [
      'node',
      'node:20',
      'node:22',
      'node:22.3',
      'node:22-slim',
      'node:220',
      'node:22-alpine',
      'docker.io/library/node:22-alpine3',
      'ghcr.io/own/base:1',
    ].map(resolve),
    ['any', 'any', '22', '22', '22', 'any', '22a', 'any', undefined]
      .map((tag) => (tag === undefined ? 'r.example/own' : `r.example/node:${tag}`))
      .map((name, index) => (index === 7 ? 'r.example/node:22' : name)),
  );
});

test('an entry may stand for tags of one kind', () => {
  const map = {
    node: 'r.example/full',
    'node:*-slim*': 'r.example/slim',
    'python:3.*-slim': 'r.example/python',
    'node:22.1-slim': 'r.example/exact',
  };
  const resolve = (name: string): string => resolveBaseImage(name, { map, registries: [] }).slice('r.example/'.length);

  assert.deepEqual(
    ['node:24-bookworm', 'node:24-bookworm-slim', 'node:22-slim', 'node:slim', 'node:22.1-slim', 'python:3.13-slim'].map(resolve),
    ['full', 'slim', 'slim', 'full', 'exact', 'python'],
  );
  for (const name of ['python:3x13-slim', 'python:3.13-slim-bookworm', 'python'])
    assert.throws(() => resolve(name), { code: 'BASE_IMAGE_REFUSED' });
});

test('without a map, only registries that are named are used, and by their whole name', () => {
  const open = { map: {}, registries: ['docker.io', 'ghcr.io'] };

  assert.equal(resolveBaseImage('node', open), 'docker.io/library/node:latest');
  assert.equal(resolveBaseImage('ghcr.io/own/base:1', open), 'ghcr.io/own/base:1');
  assert.throws(() => resolveBaseImage('quay.io/x/y', open), { code: 'BASE_IMAGE_REFUSED', message: /quay\.io is no registry/ });
  assert.throws(() => resolveBaseImage('localhost/x', open), { code: 'BASE_IMAGE_REFUSED' });
});

test('what stands in the folder of the images of applications is a base by the map alone', () => {
  const bases = { map: { 'docker.io/acme/base': 'docker.io/acme/base:1' }, registries: ['docker.io'], applicationImages: 'acme/shop' };

  assert.equal(resolveBaseImage('acme/base', bases), 'docker.io/acme/base:1');
  assert.equal(resolveBaseImage('acme/more/base', bases), 'docker.io/acme/more/base:latest');
  for (const name of ['acme/shop', 'docker.io/acme/other:latest'])
    assert.throws(() => resolveBaseImage(name, bases), { code: 'BASE_IMAGE_REFUSED', message: /images of applications/ });
});

test('names of images are read as the reference grammar says', () => {
  const digest = `sha256:${'0'.repeat(64)}`;
  const whole = (text: string): string | undefined => {
    const name = parseImageName(text);
    return name && printImageName(name);
  };

  assert.equal(whole('node'), 'docker.io/library/node');
  assert.equal(whole('owner/name:1.2-x'), 'docker.io/owner/name:1.2-x');
  assert.equal(whole(`localhost:5000/a/b__c@${digest}`), `localhost:5000/a/b__c@${digest}`);
  assert.equal(whole(`[::1]:5000/a:t@${digest}`), `[::1]:5000/a:t@${digest}`);
  for (const text of [
    '',
    ':',
    'A',
    'a//b',
    'a/',
    '/a',
    'a:',
    'a b',
    'a@sha256:00',
    'a_',
    '-a',
    'http://a/b',
    'a:b:c',
    `a:${'x'.repeat(129)}`,
    'a\nb',
    'x'.repeat(256),
  ])
    assert.equal(parseImageName(text), undefined, text);
});
