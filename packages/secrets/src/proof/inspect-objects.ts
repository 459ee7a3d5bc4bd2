import { createHash, hash } from 'node:crypto';
import { parseTree } from '@deployguard/git';
import type { ObjectFormat, ObjectType } from '@deployguard/git';
import { createContentSearch } from './content-search.ts';
import { compareWithBase, type SearchedBase } from './compare-with-base.ts';
import type { ContentHit, ContentSearch, FlatResult, Fragment, UnopenedPart } from './content-search.ts';
import { isContainer } from './open-containers.ts';
import { createPathSearch } from './path-search.ts';
import type { ObjectHead } from './visit-objects.ts';

/** What objects are searched for. */
export interface InspectionInput {
  readonly objectFormat: ObjectFormat;
  /** Latin-1, one character a byte. */
  readonly values: readonly string[];
  /** How many places of each kind are listed; all are counted. */
  readonly maxListed: number;
}

export interface ObjectHit extends ContentHit {
  readonly oid: string;
  readonly type: ObjectType;
}

export interface UnopenedObject extends UnopenedPart {
  readonly oid: string;
}

export interface InspectionResult {
  readonly objects: Record<ObjectType, { count: number; bytes: number }>;
  readonly hits: ObjectHit[];
  hitCount: number;
  readonly unopened: UnopenedObject[];
  unopenedCount: number;
  /** Objects that could not be read. */
  readonly missing: string[];
  /** Objects that are not what their id says, or not what was asked for. */
  readonly misnamed: string[];
  /** Parts of values that names in trees hold: see `createPathSearch`. */
  readonly pathParts: Set<number>;
}

export function emptyInspectionResult(): InspectionResult {
  const objects = {
    commit: { count: 0, bytes: 0 },
    tree: { count: 0, bytes: 0 },
    blob: { count: 0, bytes: 0 },
    tag: { count: 0, bytes: 0 },
  };
  return { objects, hits: [], hitCount: 0, unopened: [], unopenedCount: 0, missing: [], misnamed: [], pathParts: new Set() };
}

export interface InspectedHead extends ObjectHead {
  /** The id's bytes; `oid` may be worked out from it when it is asked for. */
  readonly id: Buffer;
}

/** What is known of a content in which nothing was found and there was nothing to open. */
export interface InspectionNote {
  readonly fragments: readonly Fragment[];
  /** Of a tree: whether other surroundings might show more parts of values. */
  readonly hasOpenParts: boolean;
}

export interface InspectedBase extends SearchedBase {
  readonly note: InspectionNote;
}

/** Of nearly all objects. */
const nothing: InspectionNote = { fragments: [], hasOpenParts: false };

/** Checks and searches objects one by one, and gathers what there is to say of them. */
export interface ObjectInspector {
  readonly result: InspectionResult;
  /** `base`: what the object was made of, and what was found there. Gives what others can be compared with, where that is of use. */
  inspect(head: InspectedHead, content: Buffer, base?: InspectedBase): InspectionNote | undefined;
  /** For an object larger than memory should hold. */
  inspectPieces(head: ObjectHead): { onPiece(piece: Buffer): void; onEnd(): void };
}

export function createObjectInspector({ values, objectFormat, maxListed }: InspectionInput): ObjectInspector {
  const result = emptyInspectionResult();
  const search = createContentSearch(values);
  const paths = createPathSearch(values);
  return {
    result,
    inspect(head, content, base) {
      const changes = base && !(head.type === 'blob' && isContainer(content)) ? compareWithBase(content, base) : undefined;
      const hasOpenParts = head.type === 'tree' && paths.addParts(content, changes, base?.note.hasOpenParts ?? false, result.pathParts);
      let flat = changes && search.searchChanged(content, changes, base!.note.fragments);
      const onFlat = (found: FlatResult): void => void (flat = found);
      const hits = flat?.hits ?? searchWhole(head, content, onFlat);
      const isRight = isNamedRight(head, content, objectFormat);
      finish(head, isRight, head.type === 'tree' && hits.length > 0 ? searchTreeNames(search, content, hits, objectFormat) : hits);
      return toNote(flat, hasOpenParts);
    },
    inspectPieces(head) {
      const digest = createHash(objectFormat).update(`${head.type} ${head.size}\0`);
      const pieces = searchPieces(search, (part) => addUnopened({ oid: head.oid, ...part }));
      return {
        onPiece(piece) {
          digest.update(piece);
          pieces.push(piece);
        },
        onEnd: () => finish(head, digest.digest('hex') === head.oid, pieces.hits()),
      };
    },
  };

  function finish(head: ObjectHead, isRight: boolean, hits: readonly ContentHit[]): void {
    result.objects[head.type].count++;
    result.objects[head.type].bytes += head.size;
    if (!isRight) result.misnamed.push(head.oid);
    result.hitCount += hits.length;
    for (const hit of hits) {
      if (result.hits.length < maxListed) result.hits.push({ ...hit, oid: head.oid, type: head.type });
    }
  }

  function searchWhole(head: ObjectHead, content: Buffer, onFlat: (result: FlatResult) => void): readonly ContentHit[] {
    if (head.type === 'tree') return search.searchFlat(content, onFlat);
    return search.search(content, (part) => addUnopened({ oid: head.oid, ...part }), onFlat);
  }

  function addUnopened(part: UnopenedObject): void {
    result.unopenedCount++;
    if (result.unopened.length < maxListed) result.unopened.push(part);
  }
}

function toNote(flat: FlatResult | undefined, hasOpenParts: boolean): InspectionNote | undefined {
  if (!flat?.fragments || flat.hits.length > 0) return undefined;
  return flat.fragments.length === 0 && !hasOpenParts ? nothing : { fragments: flat.fragments, hasOpenParts };
}

const scratch = Buffer.alloc(256 * 1024);

function isNamedRight({ type, id }: InspectedHead, content: Buffer, format: ObjectFormat): boolean {
  const headerEnd = scratch.write(`${type} ${content.length}\0`, 'latin1');
  // One call for header and content is half the price of a hash object, and most objects are small.
  if (headerEnd + content.length > scratch.length)
    return createHash(format).update(scratch.subarray(0, headerEnd)).update(content).digest().equals(id);
  content.copy(scratch, headerEnd);
  // A string of its bytes is the cheapest form of a digest.
  const digest = hash(format, scratch.subarray(0, headerEnd + content.length), 'binary');
  for (let i = 0; i < id.length; i++) if (digest.charCodeAt(i) !== id[i]) return false;
  return digest.length === id.length;
}

/** Ids are random bytes in which a short value may stand by chance: in a tree only the names count. */
function searchTreeNames(search: ContentSearch, content: Buffer, hits: readonly ContentHit[], format: ObjectFormat): readonly ContentHit[] {
  const entries = parseTree(content, format === 'sha1' ? 20 : 32);
  if ((entries.at(-1)?.end ?? 0) !== content.length) return hits;
  return search.searchFlat(Buffer.concat(entries.flatMap(({ name }) => [name, Buffer.from([0])])));
}

/** For an object too large for memory: searches overlapping pieces. Containers of that size are not opened. */
function searchPieces(
  search: ContentSearch,
  onUnopened: (part: UnopenedPart) => void,
): { push(piece: Buffer): void; hits(): readonly ContentHit[] } {
  const hits = new Map<string, ContentHit>();
  let kept: Buffer = Buffer.alloc(0);
  let position = 0;
  return {
    push(piece) {
      const joined = Buffer.concat([kept, piece]);
      if (position === 0 && isContainer(piece)) onUnopened({ within: [], reason: 'it is too large to be opened' });
      for (const hit of search.searchFlat(joined)) {
        const key = `${hit.value} ${hit.form}`;
        if (!hits.has(key)) hits.set(key, { ...hit, at: position - kept.length + hit.at });
      }
      position += piece.length;
      kept = Buffer.from(joined.subarray(Math.max(0, joined.length - search.reach)));
    },
    hits: () => [...hits.values()],
  };
}
