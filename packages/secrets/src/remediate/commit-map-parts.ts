import { open } from 'node:fs/promises';
import { join } from 'node:path';

/** GitLab gives up on longer ones (its documentation, "Repository cleanup"). */
const maxLines = 20_000;

/**
 * Splits the commit map for upload to GitLab: `commit-map-1.txt`, `commit-map-2.txt` … beside it. Gives their names; none for an empty map.
 */
export async function writeCommitMapParts(mapsDirectory: string, linesPerPart = maxLines): Promise<string[]> {
  const names: string[] = [];
  let lines: string[] = [];
  const flush = async (): Promise<void> => {
    if (lines.length === 0) return;
    const name = `commit-map-${names.length + 1}.txt`;
    await using file = await open(join(mapsDirectory, name), 'w', 0o600);
    await file.writeFile(lines.map((line) => `${line}\n`).join(''));
    names.push(name);
    lines = [];
  };
  await using map = await open(join(mapsDirectory, 'commit-map'));
  for await (const line of map.readLines()) {
    if (lines.push(line) === linesPerPart) await flush();
  }
  await flush();
  return names;
}
