import { randomBytes } from 'node:crypto';
import { open, rename, rm, stat } from 'node:fs/promises';
import type { Terminal } from './terminal.ts';

const chunkCharacters = 64 * 1024;

/**
 * Writes a document to the terminal's stream, or to a file that only its owner can read. The file appears under its name when it is
 * complete: a reader never sees half a report. A symbolic link is replaced, not followed, unless it leads to a device or a pipe: those are
 * written to.
 */
export async function writeOutput(pieces: Iterable<string> | AsyncIterable<string>, terminal: Terminal, file?: string): Promise<void> {
  if (file === undefined) {
    for await (const chunk of gather(pieces)) await terminal.write(chunk);
    return;
  }
  if (await isDevice(file)) {
    await using handle = await open(file, 'w');
    for await (const chunk of gather(pieces)) await handle.writeFile(chunk);
    return;
  }
  const unfinished = `${file}.${randomBytes(4).toString('hex')}.tmp`;
  const handle = await open(unfinished, 'wx', 0o600);
  try {
    for await (const chunk of gather(pieces)) await handle.writeFile(chunk);
    await handle.sync();
  } catch (error) {
    await handle.close();
    await rm(unfinished, { force: true });
    throw error;
  }
  await handle.close();
  await rename(unfinished, file);
}

/** `/dev/stdout` may lead to a plain file, and still nothing must take its place. */
async function isDevice(file: string): Promise<boolean> {
  if (/^\/(?:dev|proc)\//.test(file)) return true;
  const found = await stat(file).catch(() => undefined);
  return found !== undefined && !found.isFile() && !found.isDirectory();
}

async function* gather(pieces: Iterable<string> | AsyncIterable<string>): AsyncIterable<string> {
  let chunk = '';
  for await (const piece of pieces) {
    chunk += piece;
    if (chunk.length < chunkCharacters) continue;
    yield chunk;
    chunk = '';
  }
  if (chunk !== '') yield chunk;
}
