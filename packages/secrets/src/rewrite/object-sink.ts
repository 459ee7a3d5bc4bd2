import { createHash, hash } from 'node:crypto';
import type { ObjectFormat, ObjectType, PackWriter } from '@deployguard/git';
import { ObjectIdTable } from '@deployguard/git';
import type { ObjectMap } from './object-map.ts';

/** Takes rewritten objects: gives them their ids, notes what became what, and hands them to the pack. */
export interface ObjectSink {
  /** Ids of everything that was put in. */
  readonly newIds: ObjectIdTable;
  /** A new object; `oldId` when it takes the place of one. Gives its id. `likeId`: see PackWriter.add. */
  put(type: ObjectType, content: Buffer, oldId?: Uint8Array, likeId?: Uint8Array): Buffer;
}

export function createObjectSink(objectFormat: ObjectFormat, objects: ObjectMap, writer: PackWriter): ObjectSink {
  const newIds = new ObjectIdTable(objectFormat === 'sha1' ? 20 : 32);
  return {
    newIds,
    put(type, content, oldId, likeId) {
      const id = hashObject(objectFormat, type, content);
      if (oldId && !id.equals(oldId)) objects.set(type, oldId, id);
      newIds.add(id);
      writer.add(type, id, content, likeId);
      return id;
    },
  };
}

const maxCopiedBytes = 65_536;

function hashObject(objectFormat: ObjectFormat, type: ObjectType, content: Buffer): Buffer {
  const header = Buffer.from(`${type} ${content.length}\0`, 'latin1');
  if (content.length > maxCopiedBytes) return createHash(objectFormat).update(header).update(content).digest();
  // One call on joined bytes is twice as fast as a hash object fed in two.
  return hash(objectFormat, Buffer.concat([header, content]), 'buffer');
}
