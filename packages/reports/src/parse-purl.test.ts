import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parsePurl } from './parse-purl.ts';

// The first three are examples of the specification.
for (const [text, ecosystem, name, version] of [
  ['pkg:npm/%40angular/animation@12.3.1', 'npm', '@angular/animation', '12.3.1'],
  ['pkg:deb/debian/curl@7.50.3-1?arch=i386&distro=jessie', 'deb', 'debian/curl', '7.50.3-1'],
  ['pkg:golang/google.golang.org/genproto#googleapis/api/annotations', 'golang', 'google.golang.org/genproto', undefined],
  ['pkg:npm/a%zz@1', 'npm', 'a%zz', '1'],
] as const) {
  test(`${text} names ${name}`, () => {
    assert.deepEqual(parsePurl(text), { purl: text, ecosystem, name, version });
  });
}

test('what is no package URL is taken for a name', () => {
  assert.deepEqual(parsePurl('left-pad'), { name: 'left-pad' });
  assert.deepEqual(parsePurl(undefined), { name: undefined });
});
