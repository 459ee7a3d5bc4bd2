import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ElementTable } from './element-table.ts';
import type { XmlElement } from './xml-element.ts';

test('elements come out as they went in, in their order, however many and large', () => {
  const elements = Array.from({ length: 1000 }, (_, index) =>
    buildElement(index, index % 300 === 0 ? 'ü'.repeat(700_000) : `text ${index}`),
  );
  const table = new ElementTable();

  for (const element of elements) table.add(element);

  assert.equal(table.length, 1000);
  assert.deepEqual([...table], elements);
  assert.deepEqual([table.at(999), table.at(0), table.at(300)], [elements[999], elements[0], elements[300]]);
  assert.deepEqual([table.at(1000), new ElementTable().at(0)], [undefined, undefined]);
});

test('P8 an attribute that is called like a prototype is an attribute', () => {
  const table = new ElementTable();
  const attributes = JSON.parse('{"__proto__":"x","constructor":"y"}') as Record<string, string>;

  table.add({ ...buildElement(1, 'a'), attributes });

  assert.deepEqual(Object.entries(table.at(0)!.attributes), [
    ['__proto__', 'x'],
    ['constructor', 'y'],
  ]);
});

function buildElement(index: number, text: string): XmlElement {
  const child = { name: 'child', attributes: {}, children: [], text: '☃', at: 2 };
  return { name: 'item', attributes: { id: String(index) }, children: [child], text, at: index };
}
