import type { Note } from './analysis.ts';
import { createFolderTest, isOtherProgram, listSources, maxSourceBytes } from './choose-files.ts';
import type { FileTree } from './file-tree.ts';
import { isForeignFolder } from './is-foreign-folder.ts';
import type { SourceFile } from './project.ts';

/** What is looked at of a folder and the folders in it. */
export interface Folder {
  readonly paths: readonly string[];
  readonly sources: readonly SourceFile[];
  readonly notes: readonly Note[];
}

export type OpenFolder = (root: string) => Promise<Folder>;

/** The top, which is mostly the one, is read once. */
export function createFolderOpener(tree: FileTree): OpenFolder {
  let top: Promise<Folder> | undefined;
  const read: OpenFolder = async (root) => {
    const notes: Note[] = [];
    const paths = listInner(tree.paths, root);
    return { paths, sources: await readSources(tree, root, paths, notes), notes };
  };
  return (root) => (root === '' ? (top ??= read(root)) : read(root));
}

async function readSources(tree: FileTree, root: string, paths: readonly string[], notes: Note[]): Promise<SourceFile[]> {
  const { chosen, total } = listSources(paths);
  if (chosen.length < total)
    notes.push({ message: `Only ${chosen.length} of ${total} source files were read, those nearest to the root.` });
  const place = (path: string): string => (root === '' ? path : `${root}/${path}`);
  const texts = await readTexts(tree, chosen.map(place), maxSourceBytes, []);
  return chosen.flatMap((path) => {
    const text = texts.get(place(path));
    return text === undefined || isOtherProgram(path, text) ? [] : [{ path, text }];
  });
}

/** What can be read; of what cannot, a note. */
export async function readTexts(tree: FileTree, paths: readonly string[], maxBytes: number, notes: Note[]): Promise<Map<string, string>> {
  const contents = await tree.read(paths, maxBytes);
  for (const path of paths) {
    if (!contents.has(path))
      notes.push({ file: path, message: `It cannot be read or is larger than ${maxBytes / 1024} KiB, and was left out.` });
  }
  return new Map([...contents].map(([path, content]) => [path, content.toString('utf8')]));
}

/** The files below a folder, relative to it, the shallowest first. */
export function listInner(paths: readonly string[], root: string): string[] {
  const inner = root === '' ? paths : paths.filter((path) => path.startsWith(`${root}/`)).map((path) => path.slice(root.length + 1));
  const isForeign = createFolderTest(isForeignFolder);
  return inner.filter((path) => !isForeign(path));
}
