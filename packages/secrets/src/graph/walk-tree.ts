const space = 0x20;

/** Called for each entry of a tree: offsets in its content; `format` is the file-format part of the mode (stat(2), S_IFMT). */
export type VisitTreeEntry = (entry: TreeEntryRange) => void;

/** Reused from entry to entry: there are tens of millions of them. Copy what is to be kept. */
export interface TreeEntryRange {
  start: number;
  format: number;
  nameStart: number;
  /** Where the NUL after the name stands; the id follows it. */
  nameEnd: number;
  end: number;
}

export const fileFormats = { directory: 0o040000, submodule: 0o160000 } as const;

/** Walks a tree's entries without an object for each. Modes are read as octal numbers, of any width. False when the tree is damaged. */
export function walkTree(content: Uint8Array, idBytes: number, visit: VisitTreeEntry): boolean {
  const entry: TreeEntryRange = { start: 0, format: 0, nameStart: 0, nameEnd: 0, end: 0 };
  for (let at = 0; at < content.length; at = entry.end) {
    entry.start = at;
    let mode = 0;
    for (; content[at] !== space; at++) {
      const digit = content[at]! - 0x30;
      if (!(digit >= 0 && digit <= 7) || at - entry.start > 10) return false;
      mode = mode * 8 + digit;
    }
    entry.format = mode & 0o170000;
    entry.nameStart = at + 1;
    // Names are short: a call for each would cost more than looking here.
    let nameEnd = at + 1;
    while (nameEnd < content.length && content[nameEnd] !== 0) nameEnd++;
    entry.nameEnd = nameEnd;
    entry.end = nameEnd + 1 + idBytes;
    if (entry.end > content.length) return false;
    visit(entry);
  }
  return true;
}
