import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { ObjectMap } from './object-map.ts';

for (const objectFormat of ['sha1', 'sha256'] as const) {
  const idOf = (text: string): Buffer => createHash(objectFormat).update(text).digest();

  test(`thousands of ${objectFormat} ids are mapped, listed in their order and patched in place`, () => {
    const map = new ObjectMap(objectFormat);
    const types = ['commit', 'tree', 'blob', 'tag'] as const;

    for (let number = 0; number < 3000; number++) map.set(types[number % 4]!, idOf(`old ${number}`), idOf(`new ${number}`));

    assert.equal(map.size, 3000);
    assert.equal(map.get(idOf('old 2999').toString('hex')), idOf('new 2999').toString('hex'));
    assert.equal(map.get(idOf('new 2999').toString('hex')), undefined);
    assert.ok(map.has(idOf('old 7')));
    const changes = [...map.entries()];
    assert.deepEqual(changes[5], { type: 'tree', oldOid: idOf('old 5').toString('hex'), newOid: idOf('new 5').toString('hex') });
    const content = Buffer.concat([Buffer.from('x'), idOf('old 1'), idOf('other')]);
    assert.equal(map.patch(content, 1), true);
    assert.equal(map.patch(content, 1 + idOf('').length), false);
    assert.deepEqual(content, Buffer.concat([Buffer.from('x'), idOf('new 1'), idOf('other')]));
  });

  test(`a later ${objectFormat} entry takes the place of an earlier one`, () => {
    const map = new ObjectMap(objectFormat);

    map.set('tree', idOf('old'), idOf('first'));
    map.set('tree', idOf('old'), idOf('second'));

    assert.equal(map.size, 1);
    assert.equal(map.get(idOf('old').toString('hex')), idOf('second').toString('hex'));
  });
}
