import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { printJson } from '@deployguard/reports';
import { createWorkDirectory } from '../source/create-work-directory.ts';

/** Items on disk, in their order; each reading begins with the first. */
export interface Spool<Item> extends AsyncDisposable, AsyncIterable<Item> {
  readonly count: number;
}

/** Some items, each as JSON in a line of its own. */
export interface ItemLines {
  readonly text: string;
  readonly count: number;
}

const chunkCharacters = 256 * 1024;

/** Keeps items in a private temporary file, so that they can be read several times without being in memory. */
export function spoolItems<Item extends object>(batches: AsyncIterable<readonly Item[]>): Promise<Spool<Item>> {
  return spoolLines(printBatches(batches));
}

async function* printBatches(batches: AsyncIterable<readonly object[]>): AsyncGenerator<ItemLines> {
  for await (const batch of batches) {
    let text = '';
    for (const item of batch) text += `${printJson(item)}\n`;
    yield { text, count: batch.length };
  }
}

/** The same of items that are printed already. */
export async function spoolLines<Item extends object>(parts: AsyncIterable<ItemLines>): Promise<Spool<Item>> {
  const work = await createWorkDirectory();
  try {
    const file = join(work.path, 'items.jsonl');
    await using handle = await open(file, 'wx', 0o600);
    let [count, chunk] = [0, ''];
    for await (const part of parts) {
      chunk += part.text;
      count += part.count;
      if (chunk.length < chunkCharacters) continue;
      await handle.writeFile(chunk);
      chunk = '';
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
