import assert from 'node:assert/strict';
import { test } from 'node:test';
import { buildToken } from '@deployguard/testkit';
import { createPathSearch } from './path-search.ts';

/** A tree (gitformat: mode, name, NUL, id) with one entry of that name. */
function treeOf(name: string): Buffer {
  return Buffer.concat([Buffer.from(`40000 ${name}\0`, 'latin1'), Buffer.alloc(20, 0xee)]);
}

const [user, password] = [buildToken({ prefix: 'u', length: 6 }), buildToken({ prefix: 'p', length: 12 })];
const value = `https://${user}:${password}@example.test/x`;

for (const { form, path } of [
  { form: 'as it is', path: `a/${value}y` },
  { form: 'in the middle of names', path: `some-${value}.json/rest` },
  { form: 'with percent signs, separators kept', path: `to/${encodeURI(value)}` },
]) {
  test(`a value in a path shows in one of its names: ${form}`, () => {
    const search = createPathSearch([value]);

    const holders = path.split('/').filter((name) => search.holdsPart(treeOf(name)));

    assert.equal(holders.length, 1);
  });
}

test('trees without the part are passed over', () => {
  const search = createPathSearch([value]);

  assert.equal(search.holdsPart(treeOf('example.test')), false);
  assert.equal(search.holdsPart(treeOf('https:')), false);
});

test('what a tree has in common with its base is not looked at again', () => {
  const search = createPathSearch([value]);
  const base = Buffer.concat([treeOf('a'), treeOf('b')]);
  const tree = Buffer.concat([treeOf('a'), treeOf(`${user}:${password}@example.test`)]);
  const runs = Uint32Array.of(0, 0, treeOf('a').length);

  assert.equal(search.holdsPart(tree, { content: base, runs }), true);
  assert.equal(search.holdsPart(base, { content: base, runs: Uint32Array.of(0, 0, base.length) }), false);
});

test('of a value whose parts are too short to be looked for, any tree may hold one', () => {
  const search = createPathSearch(['a/b/c/d']);

  assert.equal(search.holdsPart(treeOf('anything')), true);
});

test('a value without a separator cannot cross directories', () => {
  const search = createPathSearch([password]);

  assert.equal(search.holdsPart(treeOf(password)), false);
});
