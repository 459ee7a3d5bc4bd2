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
const zero = 0x30;
const maxModeDigits = 10;

/** The modes that nearly every entry has, so that no text is made for them: histories hold millions of entries. */
const commonModes = new Map([0o100644, 0o40000, 0o100755, 0o120000, 0o160000, 0o100664].map((mode) => [mode, mode.toString(8)]));

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
    // By value, not by width: `040000` and `40000` are the same.
    let mode = 0;
    let modeEnd = start;
    for (let digit = content[modeEnd]! - zero; digit >= 0 && digit < 8; digit = content[++modeEnd]! - zero) mode = mode * 8 + digit;
    if (content[modeEnd] !== space || modeEnd === start || modeEnd - start > maxModeDigits) break;
    const nameEnd = content.indexOf(0, modeEnd + 1);
    const end = nameEnd + 1 + hashBytes;
    if (nameEnd === -1 || end > content.length) break;

    const common = commonModes.get(mode);
    // File-format bits: stat(2), S_IFMT.
    const format = mode & 0o170000;
    entries.push({
      mode: common?.length === modeEnd - start ? common : content.toString('latin1', start, modeEnd),
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
