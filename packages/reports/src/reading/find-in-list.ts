const indexes = new WeakMap<readonly unknown[], ReadonlyMap<string, unknown>>();

/**
 * The first item of a list around entries whose key is this one. The list is indexed at the first question, for each of many entries may ask
 * about one of many items. One list is always asked with the same `keyOf`.
 */
export function findInList<Item>(
  list: readonly Item[],
  key: string | undefined,
  keyOf: (item: Item) => string | undefined,
): Item | undefined {
  if (key === undefined || list.length === 0) return undefined;
  let index = indexes.get(list);
  if (index === undefined) {
    // The first of a name stays.
    index = new Map(list.toReversed().map((item) => [keyOf(item) ?? '', item]));
    indexes.set(list, index);
  }
  return index.get(key) as Item | undefined;
}
