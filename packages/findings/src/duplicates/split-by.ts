/**
 * Splits items by one property after the other. An item that lacks the property goes with the others when they all agree on it; where they
 * do not, it stays apart, because it cannot be told whose it is. The same for every order of the items.
 */
export function splitBy<Item>(
  items: readonly Item[],
  properties: readonly ((item: Item) => string | number | undefined)[],
): (readonly Item[])[] {
  const [read, ...rest] = properties;
  if (read === undefined || items.length < 2) return [items];
  const groups = Map.groupBy(items, read);
  const unknown = groups.get(undefined);
  if (unknown === undefined || groups.size > 2) return [...groups.values()].flatMap((group) => splitBy(group, rest));
  return splitBy(items, rest);
}
