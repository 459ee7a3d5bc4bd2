import { printJson } from '../print-json.ts';

/** Items of a JSON list, one a line, without the brackets. */
export async function* emitItems<Item>(
  items: Iterable<Item> | AsyncIterable<Item>,
  toJson: (item: Item) => object | undefined,
): AsyncGenerator<string> {
  let isFirst = true;
  for await (const item of items) {
    const value = toJson(item);
    if (value === undefined) continue;
    yield `${isFirst ? '\n' : ',\n'}    ${printJson(value)}`;
    isFirst = false;
  }
  if (!isFirst) yield '\n  ';
}
