import type { Redactor } from './redact.ts';
import { fileFormats, walkTree } from '../graph/walk-tree.ts';

export interface TreeRewrite {
  readonly content: Buffer;
  /** New names that had to be numbered because another entry has them. Latin-1. */
  readonly collisions: readonly string[];
}

/**
 * A tree with the new ids of its entries and without those at the `removed` positions: everything else keeps its place and its bytes, odd
 * modes and orders included. `patchLink` writes the new id of the tree's n-th link to where the old one stands.
 */
export function patchTree(
  content: Buffer,
  idBytes: number,
  removed: ReadonlySet<number> | undefined,
  patchLink: (link: number, content: Buffer, offset: number) => void,
): Buffer {
  if (!removed) return patchLinks(content, idBytes, patchLink);
  const patched = Buffer.allocUnsafe(content.length);
  let length = 0;
  let position = 0;
  let link = 0;
  walkTree(content, idBytes, ({ start, nameEnd, end, format }) => {
    if (removed.has(position++)) return;
    content.copy(patched, length, start, end);
    if (format !== fileFormats.submodule) patchLink(link++, patched, length + nameEnd + 1 - start);
    length += end - start;
  });
  return patched.subarray(0, length);
}

function patchLinks(content: Buffer, idBytes: number, patchLink: (link: number, content: Buffer, offset: number) => void): Buffer {
  const patched = Buffer.from(content);
  let link = 0;
  walkTree(content, idBytes, ({ nameEnd, format }) => {
    if (format !== fileFormats.submodule) patchLink(link++, patched, nameEnd + 1);
  });
  return patched;
}

/** Takes values out of the names of a tree's entries; `undefined` when there are none. Entries that get a new name are put where it sorts. */
export function renameTreeEntries(content: Buffer, idBytes: number, redactor: Redactor): TreeRewrite | undefined {
  const entries: NamedEntry[] = [];
  walkTree(content, idBytes, ({ start, nameStart, nameEnd, end, format }) => {
    const name = content.subarray(nameStart, nameEnd);
    const newName = redactor.redact(name, 'file-name');
    entries.push({
      mode: content.subarray(start, nameStart),
      name: newName ? fitName(newName) : name,
      isRenamed: newName !== undefined,
      isDirectory: format === fileFormats.directory,
      id: content.subarray(nameEnd + 1, end),
    });
  });
  if (!entries.some((entry) => entry.isRenamed)) return undefined;

  const collisions = numberCollisions(entries);
  const parts = placeRenamed(entries).flatMap(({ mode, name, id }) => [mode, name, nul, id]);
  return { content: Buffer.concat(parts), collisions };
}

interface NamedEntry {
  readonly mode: Buffer;
  name: Buffer;
  readonly isRenamed: boolean;
  readonly isDirectory: boolean;
  readonly id: Buffer;
}

const nul = Buffer.from([0]);

/** What is left must still be a name: not empty, no `.` or `..`, and nothing that git takes for its own directory. */
function fitName(name: Buffer): Buffer {
  return /^(?:|\.{1,2}|\.git)$/i.test(name.toString('latin1')) ? Buffer.concat([Buffer.from('removed'), name]) : name;
}

function numberCollisions(entries: readonly NamedEntry[]): string[] {
  const collisions: string[] = [];
  const taken = new Set(entries.filter((entry) => !entry.isRenamed).map((entry) => entry.name.toString('latin1')));
  for (const entry of entries) {
    if (!entry.isRenamed) continue;
    const wanted = entry.name.toString('latin1');
    let name = wanted;
    for (let number = 2; taken.has(name); number++) name = `${wanted}-${number}`;
    if (name !== wanted) collisions.push(name);
    taken.add(name);
    entry.name = Buffer.from(name, 'latin1');
  }
  return collisions;
}

/** Only renamed entries move: trees that git would call unsorted stay as they are otherwise. */
function placeRenamed(entries: readonly NamedEntry[]): NamedEntry[] {
  const placed = entries.filter((entry) => !entry.isRenamed);
  for (const entry of entries.filter((candidate) => candidate.isRenamed)) {
    const at = placed.findIndex((other) => compareEntries(entry, other) < 0);
    placed.splice(at === -1 ? placed.length : at, 0, entry);
  }
  return placed;
}

/** git's order: by bytes, as if the name of a directory ended in a slash (`base_name_compare`). */
function compareEntries(a: NamedEntry, b: NamedEntry): number {
  return Buffer.compare(sortKey(a), sortKey(b));
}

function sortKey({ name, isDirectory }: NamedEntry): Buffer {
  return Buffer.concat([name, Buffer.from(isDirectory ? '/' : '\0')]);
}
