import { open } from 'node:fs/promises';

/** Writes pieces to a new file, one after the other. */
export async function spoolPieces(path: string, pieces: AsyncIterable<Uint8Array>): Promise<void> {
  await using file = await open(path, 'wx', 0o600);
  for await (const piece of pieces) {
    for (let done = 0; done < piece.length;) done += (await file.write(piece, done)).bytesWritten;
  }
}
