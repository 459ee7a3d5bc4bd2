import type { ElementTable } from './element-table.ts';
import type { XmlElement } from './xml-element.ts';

const indexes = new WeakMap<ElementTable, ReadonlyMap<string, number>>();

/**
 * The first element of a table of a report whose key is this one. The table is indexed at the first question: reports have many entries and
 * many things that these refer to. One table is always asked with the same `keyOf`.
 */
export function findInTable(
  table: ElementTable | undefined,
  key: string | undefined,
  keyOf: (element: XmlElement) => string | undefined,
): XmlElement | undefined {
  if (table === undefined || key === undefined) return undefined;
  let index = indexes.get(table);
  if (index === undefined) {
    index = indexTable(table, keyOf);
    indexes.set(table, index);
  }
  const place = index.get(key);
  return place === undefined ? undefined : table.at(place);
}

function indexTable(table: ElementTable, keyOf: (element: XmlElement) => string | undefined): ReadonlyMap<string, number> {
  const index = new Map<string, number>();
  let place = 0;
  for (const element of table) {
    const key = keyOf(element) ?? '';
    // The first of a name stays.
    if (!index.has(key)) index.set(key, place);
    place++;
  }
  return index;
}
