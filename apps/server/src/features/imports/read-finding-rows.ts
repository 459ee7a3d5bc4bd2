import { createReadStream } from 'node:fs';

/** The rows of a file that `printFindingRow` wrote, each with its end, by their place in it. */
export async function* readFindingRows(path: string): AsyncGenerator<readonly [index: number, row: string]> {
  let [index, rest] = [0, ''];
  for await (const text of createReadStream(path, { encoding: 'utf8' }) as AsyncIterable<string>) {
    const rows = (rest + text).split('\n');
    rest = rows.pop()!;
    for (const row of rows) yield [index++, `${row}\n`];
  }
}
