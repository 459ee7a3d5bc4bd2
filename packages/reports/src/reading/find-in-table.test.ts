import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ElementTable } from './element-table.ts';
import { findInTable } from './find-in-table.ts';
import type { XmlElement } from './xml-element.ts';
import { attributeOf } from './xml-element.ts';

test('an element of a table is found by its key, the first of several, and none where there is no table, key or element', () => {
  const table = new ElementTable();
  for (const element of [buildElement('1', 'a'), buildElement('2', 'b'), buildElement('1', 'c')]) table.add(element);
  const find = (key: string | undefined, elements?: ElementTable) => findInTable(elements, key, (element) => attributeOf(element, 'id'));

  const found = [find('1', table), find('2', table), find('3', table), find(undefined, table), find('1')].map((element) => element?.text);

  assert.deepEqual(found, ['a', 'b', undefined, undefined, undefined]);
});

function buildElement(id: string, text: string): XmlElement {
  return { name: 'item', attributes: { id }, children: [], text, at: 0 };
}
