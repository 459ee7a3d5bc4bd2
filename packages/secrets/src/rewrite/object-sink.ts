import { createHash, hash } from 'node:crypto';
import type { ObjectFormat, ObjectType, PackWriter } from '@deployguard/git';
import { ObjectIdTable } from '@deployguard/git';
import type { ObjectGraph } from '../graph/object-graph.ts';
import type { ObjectMap } from './object-map.ts';

/** Takes rewritten objects: gives them their ids, notes what became what, and hands them to the pack. */
export interface ObjectSink {
  /** Ids of everything that was put in. */
  readonly newIds: ObjectIdTable;
  /** What takes the place of an object of the graph, changed or not. `likeId`: see PackWriter.add. Gives its id. */
  replace(object: number, type: ObjectType, content: Buffer, likeId?: Uint8Array): Buffer;
  /** The same for content that is too large for memory. Each one is written before the next one may come. */
  replacePieces(object: number, type: ObjectType, pieces: AsyncIterable<Uint8Array>): Promise<Buffer>;
  /** An object that takes no other's place. */
  put(type: ObjectType, content: Buffer, likeId?: Uint8Array): Buffer;
  /** Writes to `offset` the id of what took an object's place; false when nothing did. */
  patchReplaced(object: number, content: Uint8Array, offset: number): boolean;
}

export interface ObjectSinkOptions {
  readonly objectFormat: ObjectFormat;
  readonly graph: ObjectGraph;
  readonly objects: ObjectMap;
  readonly writer: PackWriter;
  /** Whether what takes an object's place does so wherever its id stands. */
  readonly isMapped: (object: number) => boolean;
  /** By object: 1 for what is copied by another writer: what becomes equal to it is not written again. */
  readonly isKept: Uint8Array;
}

export function createObjectSink({ objectFormat, graph, objects, writer, isMapped, isKept }: ObjectSinkOptions): ObjectSink {
  const newIds = new ObjectIdTable(graph.ids.idBytes);
  const replacements = new Int32Array(graph.size).fill(-1);

  function put(type: ObjectType, content: Buffer, likeId?: Uint8Array): Buffer {
    const id = hashObject(objectFormat, type, content);
    newIds.add(id);
    const present = graph.ids.find(id);
    if (present === -1 || isKept[present] !== 1) writer.add(type, id, content, likeId);
    return id;
  }

  function replace(object: number, type: ObjectType, content: Buffer, likeId?: Uint8Array): Buffer {
    const id = put(type, content, likeId);
    noteReplacement(object, type, id);
    return id;
  }

  async function replacePieces(object: number, type: ObjectType, pieces: AsyncIterable<Uint8Array>): Promise<Buffer> {
    const id = await writer.addPieces(type, pieces);
    newIds.add(id);
    noteReplacement(object, type, id);
    return id;
  }

  function noteReplacement(object: number, type: ObjectType, id: Buffer): void {
    replacements[object] = newIds.find(id);
    const oldId = graph.id(object);
    if (isMapped(object) && !id.equals(oldId)) objects.set(type, oldId, id);
  }

  function patchReplaced(object: number, content: Uint8Array, offset: number): boolean {
    const replacement = replacements[object]!;
    if (replacement === -1) return false;
    newIds.copyTo(replacement, content, offset);
    return true;
  }

  return { newIds, put, replace, replacePieces, patchReplaced };
}

const maxCopiedBytes = 65_536;

function hashObject(objectFormat: ObjectFormat, type: ObjectType, content: Buffer): Buffer {
  const header = Buffer.from(`${type} ${content.length}\0`, 'latin1');
  if (content.length > maxCopiedBytes) return createHash(objectFormat).update(header).update(content).digest();
  // One call on joined bytes is twice as fast as a hash object fed in two.
  return hash(objectFormat, Buffer.concat([header, content]), 'buffer');
}
