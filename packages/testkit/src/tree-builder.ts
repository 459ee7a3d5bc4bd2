/** A file in a test's commit: its text or bytes, or with a mode (`100755`, `120000` for a link, `160000` with `oid` for a submodule). */
export type TestFile = string | Uint8Array | { readonly mode: string; readonly content?: string | Uint8Array; readonly oid?: string };

/** What stands at a path: mode and object. */
export interface TreeFile {
  readonly mode: string;
  readonly oid: string;
}

/** A row of a tree, written exactly as given. The name is Latin-1: one character a byte. */
export interface TreeRow extends TreeFile {
  readonly name: string;
}

/** Writes the trees of a set of paths (`a/b/c`, Latin-1), inner ones first, through `writeTree`; gives the root's id. */
export function buildTrees(files: ReadonlyMap<string, TreeFile>, writeTree: (content: Buffer) => string): string {
  const rows: TreeRow[] = [];
  const directories = new Map<string, Map<string, TreeFile>>();
  for (const [path, file] of files) {
    const slash = path.indexOf('/');
    if (slash === -1) {
      rows.push({ ...file, name: path });
      continue;
    }
    const name = path.slice(0, slash);
    const inner = directories.get(name) ?? new Map<string, TreeFile>();
    directories.set(name, inner.set(path.slice(slash + 1), file));
  }
  for (const [name, inner] of directories) rows.push({ mode: '40000', name, oid: buildTrees(inner, writeTree) });
  // git compares a directory as if its name ended with a slash.
  const sortKey = (row: TreeRow): string => (row.mode === '40000' ? `${row.name}/` : row.name);
  return writeTree(encodeTree(rows.sort((a, b) => (sortKey(a) < sortKey(b) ? -1 : 1))));
}

/** A tree's content with the rows as they are: no sorting, no checks. */
export function encodeTree(rows: readonly TreeRow[]): Buffer {
  return Buffer.concat(rows.flatMap(({ mode, name, oid }) => [Buffer.from(`${mode} ${name}\0`, 'latin1'), Buffer.from(oid, 'hex')]));
}
