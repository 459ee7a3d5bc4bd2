import type { GitObject, ObjectFormat, PackEntries } from '@deployguard/git';
import { parseLfsPointer } from './lfs-pointer.ts';
import { ObjectGraph, objectKinds } from './object-graph.ts';
import type { Redactor } from './redact.ts';
import { RewriteError } from './rewrite-error.ts';
import { searchArchive } from './search-archive.ts';
import { fileFormats, walkTree } from './walk-trees.ts';

export interface NotCleanableObject {
  readonly object: number;
  readonly what: 'archive-member' | 'lfs-pointer';
  readonly why: string;
}

/**
 * Puts the graph together from objects as they come. What is told about an object's content is kept apart until the end, so that numbers
 * do not depend on which thread finds something first.
 */
export class GraphBuilder {
  readonly graph: ObjectGraph;
  readonly #search: Pick<Redactor, 'contains' | 'maxHitBytes'>;
  readonly #lfsObjects = new Set<string>();
  /** Ids. */
  readonly #marked = new Set<string>();
  readonly #pointers = new Set<string>();
  readonly #notCleanable = new Map<string, Omit<NotCleanableObject, 'object'>>();

  constructor(objectFormat: ObjectFormat, search: Pick<Redactor, 'contains' | 'maxHitBytes'>, expectedSize?: number) {
    this.graph = new ObjectGraph(objectFormat, expectedSize);
    this.#search = search;
  }

  /** The blobs of a pack, which lead to nothing. Whether they hold values is to be told by `mark` and the others. */
  addBlobs({ count, ids, kinds }: PackEntries): void {
    for (let entry = 0; entry < count; entry++) {
      if (kinds[entry] === objectKinds.blob) this.graph.begin(this.graph.ids.add(ids, entry * this.graph.ids.idBytes), objectKinds.blob);
    }
  }

  mark(oid: string): void {
    this.#marked.add(oid);
  }

  /** A pointer must stay as it is, even when a value stands in it. */
  addLfsPointer(oid: string, lfsObject: string, holdsValue: boolean): void {
    this.#lfsObjects.add(lfsObject);
    this.#pointers.add(oid);
    if (!holdsValue) return;
    this.#notCleanable.set(oid, { what: 'lfs-pointer', why: 'A pointer of Git LFS must stay as it is. Remove the file from the history.' });
  }

  addArchiveMember(oid: string, member: string): void {
    this.#notCleanable.set(oid, { what: 'archive-member', why: `The value is packed (${member}). Remove the file from the history.` });
  }

  /** Throws RewriteError `SOURCE_OBJECT_UNREADABLE`. */
  async add(gitObject: GitObject): Promise<void> {
    const { oid, type, content } = gitObject;
    const object = this.graph.ids.addHex(oid);
    if (this.graph.kind(object) === objectKinds.unknown) this.graph.begin(object, objectKinds[type]);
    if (!content) {
      if (type !== 'blob') throw new RewriteError('SOURCE_OBJECT_UNREADABLE', `The ${type} ${oid} is too large.`);
      if (await containsPiecewise(gitObject.chunks!, this.#search)) this.mark(oid);
      return;
    }
    if (type === 'blob') this.#addBlob(oid, content);
    else if (this.graph.linkCount(object) === 0) this.#addLinks(object, oid, content);
    if (this.#search.contains(content)) this.mark(oid);
  }

  finish(): { graph: ObjectGraph; lfsObjects: string[]; notCleanable: NotCleanableObject[] } {
    for (const oid of this.#marked) if (!this.#pointers.has(oid)) this.graph.mark(this.graph.ids.addHex(oid));
    const notCleanable = [...this.#notCleanable].sort(([a], [b]) => (a < b ? -1 : 1));
    return {
      graph: this.graph,
      lfsObjects: [...this.#lfsObjects].sort(),
      notCleanable: notCleanable.map(([oid, item]) => ({ object: this.graph.ids.addHex(oid), ...item })),
    };
  }

  #addBlob(oid: string, content: Buffer): void {
    const lfsObject = parseLfsPointer(content);
    if (lfsObject !== undefined) this.addLfsPointer(oid, lfsObject, this.#search.contains(content));
    const member = searchArchive(content, this.#search.contains);
    if (member !== undefined) this.addArchiveMember(oid, member);
  }

  #addLinks(object: number, oid: string, content: Buffer): void {
    if (this.graph.kind(object) !== objectKinds.tree) return this.#addHeaderLinks(object, content);
    const isWhole = walkTree(content, this.graph.ids.idBytes, ({ format, nameEnd }) => {
      if (format !== fileFormats.submodule) this.graph.addLink(object, this.graph.ids.add(content, nameEnd + 1));
    });
    if (!isWhole) throw new RewriteError('SOURCE_OBJECT_UNREADABLE', `The tree ${oid} is damaged: run git fsck on the repository.`);
  }

  /** The ids at the top of a commit (`tree`, `parent` …) or tag (`object`). */
  #addHeaderLinks(object: number, content: Buffer): void {
    const hexBytes = this.graph.ids.idBytes * 2;
    for (let at = 0; ;) {
      const name = linkHeaders.find(
        (header) => content.compare(header, 0, header.length, at, Math.min(content.length, at + header.length)) === 0,
      );
      if (!name) break;
      const link = this.graph.ids.addHexText(content, at + name.length);
      if (link !== -1) this.graph.addLink(object, link);
      at += name.length + hexBytes + 1;
    }
    if (this.graph.kind(object) === objectKinds.commit) this.graph.setTime(object, parseCommitterTime(content));
  }
}

const linkHeaders = ['tree ', 'parent ', 'object '].map((text) => Buffer.from(text));

function parseCommitterTime(content: Buffer): number {
  const start = content.indexOf('\ncommitter ');
  if (start === -1) return 0;
  const end = content.indexOf('\n', start + 1);
  return Number(/> (\d{1,15})/.exec(content.toString('latin1', start, end === -1 ? content.length : end))?.[1] ?? 0);
}

/** Neighbouring pieces overlap, so that no value is cut in two. */
async function containsPiecewise(chunks: AsyncIterable<Buffer>, search: Pick<Redactor, 'contains' | 'maxHitBytes'>): Promise<boolean> {
  let rest: Buffer = Buffer.alloc(0);
  let isFound = false;
  for await (const chunk of chunks) {
    if (isFound) continue;
    const piece = Buffer.concat([rest, chunk]);
    isFound = search.contains(piece);
    rest = piece.subarray(Math.max(0, piece.length - search.maxHitBytes + 1));
  }
  return isFound;
}
