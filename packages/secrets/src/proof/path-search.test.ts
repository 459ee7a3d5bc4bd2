import assert from 'node:assert/strict';
import { test } from 'node:test';
import { buildToken } from '@deployguard/testkit';
import { compareWithBase } from './compare-with-base.ts';
import { createPathSearch } from './path-search.ts';

/** A tree (gitformat: mode, name, NUL, id) with one entry of that name. */
function treeOf(name: string): Buffer {
  return Buffer.concat([Buffer.from(`40000 ${name}\0`, 'latin1'), Buffer.alloc(20, 0xee)]);
}

function isPossible(value: string, names: readonly string[]): boolean {
  const search = createPathSearch([value]);
  const found = new Set<number>();
  for (const name of names) search.addParts(treeOf(name), undefined, false, found);
  return search.isPossible(found);
}

const [user, password] = [buildToken({ prefix: 'u', length: 6 }), buildToken({ prefix: 'p', length: 12 })];
const value = `https://${user}:${password}@example.test/rest`;

for (const { form, path } of [
  { form: 'as it is', path: `a/${value}y` },
  { form: 'in the middle of names', path: `some-${value}.json/end` },
  { form: 'with percent signs, separators kept', path: `to/${encodeURI(value)}` },
  { form: 'with some characters escaped and others not', path: `to/${value.replace('@', '%40')}` },
]) {
  test(`a value can stand in a path whose names hold all its parts: ${form}`, () => {
    assert.equal(isPossible(value, path.split('/')), true);
  });
}

test('a value cannot stand in a path when one of its parts stands in no name', () => {
  assert.equal(isPossible(value, ['https:', 'example.test', 'rest']), false);
  assert.equal(isPossible(value, ['https:', `${user}:${password}@example.test`]), false);
  assert.equal(isPossible(`import { prefix } from './count/connect';`, ['count', 'connect', 'prefix.ts']), false);
});

test('what a tree has in common with its base is not looked at again', () => {
  const search = createPathSearch([`${user}abcdef/${password}`]);
  const base = Buffer.concat([treeOf('a'), treeOf(password)]);
  const tree = Buffer.concat([treeOf('a'), treeOf(`${user}abcdef`)]);
  const found = new Set<number>();

  search.addParts(tree, compareWithBase(tree, { content: base, runs: Uint32Array.of(0, 0, treeOf('a').length) }), false, found);
  const ofTree = found.size;
  search.addParts(base, compareWithBase(base, { content: base, runs: Uint32Array.of(0, 0, base.length) }), false, found);

  assert.deepEqual([ofTree > 0, found.size], [true, ofTree]);
});

test('letters that other names around them make a part are found when a tree changes far from them in the same name', () => {
  const [first, second] = [buildToken({ prefix: 'f', length: 9 }), buildToken({ prefix: 's', length: 6 })];
  const search = createPathSearch([`${first}@${second}/${password}`]);
  const gap = '%40'.repeat(40);
  const base = treeOf(`${first}${gap}`);
  const tree = treeOf(`${first}${gap}${second}`);
  const found = new Set<number>();

  const hasOpenParts = search.addParts(base, undefined, false, found);
  const before = found.size;
  const runs = Uint32Array.of(0, 0, base.length - 21);
  search.addParts(tree, compareWithBase(tree, { content: base, runs }), hasOpenParts, found);

  assert.deepEqual([hasOpenParts, before, found.size], [true, 0, 1]);
});

test('of a value whose parts are too short to be looked for, any path may hold one', () => {
  assert.equal(isPossible('a/b/c/d', []), true);
});

test('a value without a separator cannot cross directories', () => {
  assert.equal(isPossible(password, [password]), false);
});
