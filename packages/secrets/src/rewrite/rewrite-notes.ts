import { parseTree } from '@deployguard/git';
import type { GitObject, ObjectReader } from '@deployguard/git';
import type { ObjectGraph } from '../graph/object-graph.ts';
import type { ObjectMap } from './object-map.ts';
import type { ObjectSink } from './object-sink.ts';
import type { Redactor } from './redact.ts';
import type { NameCollision } from './rewrite-result.ts';

export interface RewriteNotesOptions {
  readonly reader: ObjectReader;
  readonly graph: ObjectGraph;
  readonly objects: ObjectMap;
  readonly sink: ObjectSink;
  readonly redactor: Redactor;
  /** Commits that only refs of notes lead to, parents first. */
  readonly commits: Int32Array;
  readonly rewriteCommit: (content: Buffer, object: number) => Buffer | undefined;
}

/** An entry below a notes tree, with the names on the way to it. */
interface NotesEntry {
  readonly path: readonly string[];
  readonly mode: string;
  readonly id: Buffer;
}

/**
 * Moves notes to the new ids of what they are about: a notes tree is keyed by object ids, whole or cut into directories (`ab/cdef…`), and
 * the cut is kept. Comes after everything that notes can be about. Gives the notes of which two now are about the same object.
 */
export async function rewriteNotes(options: RewriteNotesOptions): Promise<NameCollision[]> {
  const { graph, reader, sink, objects } = options;
  const collisions: NameCollision[] = [];
  const finished = new Set<number>();
  let previousRoot: Buffer | undefined;
  for (const commit of options.commits) {
    const root = graph.link(commit, 0);
    if (!finished.has(root)) {
      previousRoot = await rewriteNotesTree(root, previousRoot);
      finished.add(root);
    }
    const [{ content }] = (await reader.read([graph.hex(commit)])) as [GitObject];
    sink.replace(commit, 'commit', options.rewriteCommit(content!, commit) ?? content!);
  }
  return collisions;

  async function rewriteNotesTree(root: number, like: Buffer | undefined): Promise<Buffer> {
    const trees: GitObject[] = [];
    const entries: NotesEntry[] = [];
    await flattenTree(reader, graph.hex(root), [], trees, entries);
    const moved = new Map<string, NotesEntry>();
    let isChanged = false;
    for (const entry of entries) {
      const path = moveNote(entry.path, options);
      const id = Buffer.from(entry.id);
      isChanged = objects.patch(id, 0) || path !== entry.path || isChanged;
      const key = path.join('/');
      if (moved.has(key)) collisions.push({ kind: 'note', newName: key });
      else moved.set(key, { path, mode: entry.mode, id });
    }
    if (isChanged) return sink.replace(root, 'tree', buildTree([...moved.values()], 0, sink), like);
    for (const tree of trees.toReversed()) sink.put('tree', tree.content!, like);
    return graph.id(root);
  }
}

async function flattenTree(
  reader: ObjectReader,
  oid: string,
  path: readonly string[],
  trees: GitObject[],
  entries: NotesEntry[],
): Promise<void> {
  const [tree] = (await reader.read([oid])) as [GitObject];
  trees.push(tree);
  for (const { type, mode, name, oid: entryOid } of parseTree(tree.content!, (oid.length / 2) as 20 | 32)) {
    const entryPath = [...path, name.toString('latin1')];
    if (type === 'tree') await flattenTree(reader, entryOid, entryPath, trees, entries);
    else entries.push({ path: entryPath, mode, id: Buffer.from(entryOid, 'hex') });
  }
}

/** The same path when nothing changes. */
function moveNote(path: readonly string[], { objects, redactor }: RewriteNotesOptions): readonly string[] {
  const newOid = objects.get(path.join(''));
  if (newOid !== undefined) {
    let at = 0;
    return path.map((part) => newOid.slice(at, (at += part.length)));
  }
  const names = path.map((part) => redactor.redact(Buffer.from(part, 'latin1'), 'file-name')?.toString('latin1'));
  return names.every((name) => name === undefined) ? path : path.map((part, index) => names[index] ?? part);
}

/** The content of a tree; the directories in it are put into the sink. */
function buildTree(entries: readonly NotesEntry[], depth: number, sink: ObjectSink): Buffer {
  const rows = [...Map.groupBy(entries, ({ path }) => path[depth]!)].map(([name, group]) => {
    const first = group[0]!;
    return first.path.length === depth + 1
      ? { sortKey: `${name}\0`, bytes: buildRow(first.mode, name, first.id) }
      : { sortKey: `${name}/`, bytes: buildRow('40000', name, sink.put('tree', buildTree(group, depth + 1, sink))) };
  });
  rows.sort((a, b) => (a.sortKey < b.sortKey ? -1 : 1));
  return Buffer.concat(rows.map(({ bytes }) => bytes));
}

function buildRow(mode: string, name: string, id: Buffer): Buffer {
  return Buffer.concat([Buffer.from(`${mode} ${name}\0`, 'latin1'), id]);
}
