import type { XmlElement } from './xml-element.ts';

const indexes = new WeakMap<readonly XmlElement[], ReadonlyMap<string, XmlElement>>();

/**
 * The first element of a table of a report whose key is this one. The table is indexed at the first question: reports have many entries and
 * many things that these refer to. One table is always asked with the same `keyOf`.
 */
export function findInTable(
  table: readonly XmlElement[] | undefined,
  key: string | undefined,
  keyOf: (element: XmlElement) => string | undefined,
): XmlElement | undefined {
  if (table === undefined || key === undefined) return undefined;
  let index = indexes.get(table);
  if (index === undefined) {
    // The first of a name stays.
    index = new Map(table.toReversed().map((element) => [keyOf(element) ?? '', element]));
    indexes.set(table, index);
  }
  return index.get(key);
}
