import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { createWorkDirectory } from '../source/create-work-directory.ts';
import { type ItemLines, printLines } from './print-lines.ts';

/** Items on disk, in their order; each reading begins with the first. */
export interface Spool<Item> extends AsyncDisposable, AsyncIterable<Item> {
  readonly count: number;
}

const chunkCharacters = 256 * 1024;

/** Keeps items in a private temporary file, so that they can be read several times without being in memory. */
export function spoolItems<Item extends object>(batches: AsyncIterable<readonly Item[]>): Promise<Spool<Item>> {
  return spoolLines(printBatches(batches));
}

async function* printBatches(batches: AsyncIterable<readonly object[]>): AsyncGenerator<ItemLines> {
  for await (const batch of batches) yield printLines(batch);
}

/** The same of items that are printed already. */
export async function spoolLines<Item extends object>(parts: AsyncIterable<ItemLines>): Promise<Spool<Item>> {
  const work = await createWorkDirectory();
  try {
    const file = join(work.path, 'items.jsonl');
    await using handle = await open(file, 'wx', 0o600);
    let [count, chunk] = [0, ''];
    for await (const part of parts) {
      count += part.count;
      for (const text of part.texts) {
        chunk += text;
        if (chunk.length < chunkCharacters) continue;
        await handle.writeFile(chunk);
        chunk = '';
      }
    }
    await handle.writeFile(chunk);
    return { count, [Symbol.asyncIterator]: () => readItems<Item>(file), [Symbol.asyncDispose]: () => work[Symbol.asyncDispose]() };
  } catch (error) {
    await work[Symbol.asyncDispose]();
    throw error;
  }
}

async function* readItems<Item>(file: string): AsyncGenerator<Item> {
  await using handle = await open(file);
  for await (const line of handle.readLines()) yield JSON.parse(line) as Item;
}
