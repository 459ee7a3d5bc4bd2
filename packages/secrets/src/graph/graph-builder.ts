import type { ObjectFormat, ObjectType, PackLayout, SharedObjectIds } from '@deployguard/git';
import { listHeaderLinks, parseCommitterTime } from './list-header-links.ts';
import { numberEntries } from './number-entries.ts';
import { ObjectGraph, objectKinds } from './object-graph.ts';
import { fileFormats, walkTree } from './walk-tree.ts';

/**
 * Links that a thread has read, one record an object: entry in the pack, number of links, committer's time, the links. -1 in the place of
 * an entry ends the records; a damaged tree has -1 links. A link is an object's number, or from `firstMissing` on a place in `missing`.
 */
export interface LinkPiece {
  readonly words: Int32Array;
  /** Ids that no store holds, in hexadecimal. */
  readonly missing: readonly string[];
  /** With names: who wrote the piece, and names that follow those of its earlier pieces. Latin-1; a name's number is its place among them. */
  readonly key?: string;
  readonly names?: readonly string[];
}

export const firstMissing = 2 ** 30;
export const recordWords = 3;
/** Words of a link in a record with names: object, name. */
export const namedLinkWords = 2;

/** Puts the graph of a repository together: first all ids, so that threads can tell their numbers; then what each object leads to. */
export class GraphBuilder {
  readonly graph: ObjectGraph;
  /** Trees that end within an entry, or whose modes are no numbers. */
  readonly damaged: number[] = [];

  constructor(objectFormat: ObjectFormat, expectedSize: number) {
    this.graph = new ObjectGraph(objectFormat, expectedSize);
  }

  /** Ids one after the other. */
  addIds(ids: Uint8Array): void {
    const { idBytes } = this.graph.ids;
    for (let at = 0; at < ids.length; at += idBytes) this.graph.ids.add(ids, at);
  }

  /** The objects of a pack, with their types; gives the object of each entry. `ids`: in the order of the index. */
  addPack(ids: Uint8Array, layout: PackLayout): Int32Array {
    return numberEntries(this.graph, ids, layout, () => true);
  }

  /** What threads need to tell numbers by ids. Add no ids from then on but through objects. */
  shareIds(): SharedObjectIds {
    return this.graph.ids.share();
  }

  /** `objectOf`: what `addPack` gave for the pack. */
  addLinks(objectOf: Int32Array, { words, missing }: LinkPiece): void {
    const { graph } = this;
    const place = graph.addPieces(words);
    for (let at = 0; at < words.length && words[at] !== -1;) {
      const object = objectOf[words[at]!]!;
      const count = words[at + 1]!;
      graph.setTime(object, words[at + 2]!);
      at += recordWords;
      if (count < 0) {
        this.damaged.push(object);
        continue;
      }
      graph.setLinks(object, place + at, count);
      for (const end = at + count; at < end; at++) {
        if (words[at]! >= firstMissing) words[at] = graph.ids.addHex(missing[words[at]! - firstMissing]!);
      }
    }
  }

  /** An object as git gives it. */
  addObject(oid: string, type: ObjectType, content: Buffer | undefined): number {
    const { graph } = this;
    const object = graph.ids.addHex(oid);
    if (graph.kind(object) === objectKinds.unknown) graph.begin(object, objectKinds[type]);
    if (type === 'blob' || !content || graph.linkCount(object) > 0) return object;
    graph.begin(object, objectKinds[type]);
    if (type === 'tree') this.#addEntries(object, content);
    else this.#addHeaders(object, content);
    return object;
  }

  #addEntries(tree: number, content: Buffer): void {
    const { graph } = this;
    const isWhole = walkTree(content, graph.ids.idBytes, ({ format, nameEnd }) => {
      if (format !== fileFormats.submodule) graph.addLink(tree, graph.ids.add(content, nameEnd + 1));
    });
    if (!isWhole) this.damaged.push(tree);
  }

  #addHeaders(object: number, content: Buffer): void {
    const { graph } = this;
    listHeaderLinks(content, graph.ids.idBytes, (hexAt) => {
      const link = graph.ids.addHexText(content, hexAt);
      if (link !== -1) graph.addLink(object, link);
    });
    if (graph.kind(object) === objectKinds.commit) graph.setTime(object, parseCommitterTime(content));
  }
}
