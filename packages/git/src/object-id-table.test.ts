import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { ObjectIdTable } from './object-id-table.ts';

const idOf = (number: number, algorithm: string): Buffer => createHash(algorithm).update(String(number)).digest();

for (const [algorithm, idBytes] of [
  ['sha1', 20],
  ['sha256', 32],
] as const) {
  test(`${algorithm} ids get numbers in the order of their arrival, and keep them while the table grows`, () => {
    const table = new ObjectIdTable(idBytes, 4);

    for (let number = 0; number < 5000; number++) assert.equal(table.add(idOf(number, algorithm)), number);

    assert.equal(table.size, 5000);
    for (const number of [0, 1, 2499, 4999]) {
      assert.equal(table.find(idOf(number, algorithm)), number);
      assert.equal(table.add(idOf(number, algorithm)), number);
      assert.equal(table.hex(number), idOf(number, algorithm).toString('hex'));
      assert.equal(table.addHexText(Buffer.from(`x${idOf(number, algorithm).toString('hex').toUpperCase()}`), 1), number);
    }
    assert.equal(table.find(idOf(5000, algorithm)), -1);
    assert.equal(table.findHex('ab'), -1);
    assert.equal(table.addHexText(Buffer.from('no id at all'.repeat(8)), 0), -1);
  });
}

test('ids that begin alike are told apart', () => {
  const table = new ObjectIdTable(20, 4);
  const ids = Array.from({ length: 300 }, (_, index) => Buffer.concat([Buffer.alloc(18, 7), Buffer.from([index >> 8, index & 255])]));

  for (const [index, id] of ids.entries()) assert.equal(table.add(id), index);

  for (const [index, id] of ids.entries()) assert.equal(table.find(id), index);
});
