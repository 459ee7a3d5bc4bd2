/** What a tree entry leads to, by its mode: a sub-tree, a blob (symbolic links too), or a commit of another repository. */
export type TreeEntryType = 'tree' | 'blob' | 'commit';

/** One entry of a tree. Offsets are bytes in the tree's content; ends are exclusive. */
export interface TreeEntry {
  /** As written, in octal; old tools pad it with zeros. */
  readonly mode: string;
  readonly type: TreeEntryType;
  readonly isSymlink: boolean;
  /** Raw bytes: any but NUL, also `/`, line feeds and what is not UTF-8. A view of the tree's content. */
  readonly name: Buffer;
  readonly oid: string;
  readonly start: number;
  readonly oidOffset: number;
  readonly end: number;
}

const space = 0x20;

/**
 * The entries of a tree in the order in which they stand: unsorted, duplicate and oddly written ones included (format: git's
 * `tree-walk.c`: octal mode, space, name, NUL, raw id).
 *
 * Never throws: what is no entry ends the list, so that a last `end` short of the content's length means a damaged tree.
 */
export function parseTree(content: Buffer, hashBytes: 20 | 32): TreeEntry[] {
  const entries: TreeEntry[] = [];
  let start = 0;
  while (start < content.length) {
    const modeEnd = content.indexOf(space, start);
    const nameEnd = modeEnd === -1 ? -1 : content.indexOf(0, modeEnd + 1);
    const end = nameEnd + 1 + hashBytes;
    if (nameEnd === -1 || end > content.length) break;
    const mode = content.toString('latin1', start, modeEnd);
    const format = parseFileFormat(mode);
    if (format === undefined) break;
    entries.push({
      mode,
      type: format === 0o040000 ? 'tree' : format === 0o160000 ? 'commit' : 'blob',
      isSymlink: format === 0o120000,
      name: content.subarray(modeEnd + 1, nameEnd),
      oid: content.toString('hex', nameEnd + 1, end),
      start,
      oidOffset: nameEnd + 1,
      end,
    });
    start = end;
  }
  return entries;
}

/** The file-format bits of a mode (stat(2), S_IFMT). By value, not by width: `040000` and `40000` are the same. */
function parseFileFormat(mode: string): number | undefined {
  return /^[0-7]{1,11}$/.test(mode) ? Number.parseInt(mode, 8) & 0o170000 : undefined;
}
