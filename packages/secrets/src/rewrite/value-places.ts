import type { GitObject, ObjectType } from '@deployguard/git';
import type { ObjectGraph } from '../graph/object-graph.ts';
import { isContainer } from './containers/open-container.ts';
import { findInMembers, maxContainerBytes } from './containers/redact-container.ts';
import { parseLfsPointer } from './lfs-pointer.ts';
import { joinPieces, peekPieces } from './peek-pieces.ts';
import type { Redactor } from './redact.ts';

export interface NotCleanableObject {
  readonly object: number;
  readonly what: 'lfs-pointer';
  readonly why: string;
}

/** Which objects hold values, told in any order. */
export class ValuePlaces {
  readonly #search: Pick<Redactor, 'contains' | 'maxHitBytes'>;
  readonly #lfsObjects = new Set<string>();
  /** Ids. */
  readonly #marked = new Set<string>();
  readonly #pointers = new Set<string>();
  readonly #notCleanable = new Map<string, Omit<NotCleanableObject, 'object'>>();

  constructor(search: Pick<Redactor, 'contains' | 'maxHitBytes'>) {
    this.#search = search;
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

  /** Looks into an object as git gives it. */
  async search({ oid, type, size, content, chunks }: GitObject): Promise<void> {
    if (content) {
      this.#searchWhole(oid, type, content);
      return;
    }
    const { first, pieces } = await peekPieces(chunks!);
    if (size <= maxContainerBytes && isContainer(first)) this.#searchWhole(oid, type, await joinPieces(pieces, size));
    else if (await containsPiecewise(pieces, this.#search)) this.mark(oid);
  }

  /** Marks the objects in the graph. */
  finish(graph: ObjectGraph): { lfsObjects: string[]; notCleanable: NotCleanableObject[] } {
    for (const oid of this.#marked) if (!this.#pointers.has(oid)) graph.mark(graph.ids.addHex(oid));
    const notCleanable = [...this.#notCleanable].sort(([a], [b]) => (a < b ? -1 : 1));
    return {
      lfsObjects: [...this.#lfsObjects].sort(),
      notCleanable: notCleanable.map(([oid, item]) => ({ object: graph.ids.addHex(oid), ...item })),
    };
  }

  #searchWhole(oid: string, type: ObjectType, content: Buffer): void {
    const { contains } = this.#search;
    const lfsObject = type === 'blob' ? parseLfsPointer(content) : undefined;
    if (lfsObject !== undefined) this.addLfsPointer(oid, lfsObject, contains(content));
    if (contains(content) || (type !== 'tree' && findInMembers(content, contains) !== undefined)) this.mark(oid);
  }
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
