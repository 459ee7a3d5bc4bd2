import { parseTree, type ObjectFormat, type Repository } from '@deployguard/git';
import { firstMissing, recordWords, namedLinkWords, type LinkPiece } from '../graph/graph-builder.ts';
import { listHeaderLinks, parseCommitterTime } from '../graph/list-header-links.ts';
import { ObjectGraph, objectKinds } from '../graph/object-graph.ts';
import { listNamedLinks } from './packs/list-named-links.ts';
import type { LoadedPack } from './packs/load-packs.ts';
import { readLooseObject, type LooseObject } from './packs/read-loose-object.ts';
import { listLooseObjects } from './packs/scan-loose-objects.ts';

/**
 * The commits and trees of a repository by number, and where in them wanted blobs stand. Links of a tree: object and name by turns, of
 * directories and wanted blobs only. Links of a commit: its tree, its parents.
 */
export interface HistoryLinks {
  readonly graph: ObjectGraph;
  /** Latin-1, by number. */
  readonly names: readonly string[];
  /** Objects from this number on are led to and not there. */
  readonly missingFrom: number;
}

export interface ReadHistoryLinksOptions {
  readonly repository: Repository;
  readonly packs: readonly LoadedPack[];
  /** Ids of the blobs that matter. */
  readonly blobs: Iterable<string>;
  readonly workers?: number;
  readonly signal?: AbortSignal;
}

const maxLooseBytes = 64 << 20;

/** Reads every commit and tree; `undefined` when one of them cannot be read without git. */
export async function readHistoryLinks(options: ReadHistoryLinksOptions): Promise<HistoryLinks | undefined> {
  const { packs, blobs, repository, workers, signal } = options;
  const { objectFormat } = repository;
  const builder = new HistoryLinksBuilder(
    objectFormat,
    packs.reduce((sum, { layout }) => sum + layout.count, 0),
  );
  for (const oid of blobs) builder.graph.begin(builder.graph.ids.addHex(oid), objectKinds.blob);
  const objectOf = packs.map((pack) => builder.addHistory(pack));
  const loose: { readonly object: number; readonly content: LooseObject }[] = [];
  const looseBlobs: string[] = [];
  for (const { oid, path } of await listLooseObjects(repository.objectDirectories)) {
    const content = readLooseObject(path, maxLooseBytes);
    if (content === 'unreadable') return undefined;
    if (content === 'too-large' || content.type === 'blob') looseBlobs.push(oid);
    else loose.push({ object: builder.addObject(oid, objectKinds[content.type]), content });
  }
  const askedBelow = builder.graph.ids.size;
  // Other blobs only have to be there.
  for (const pack of packs) builder.addBlobs(pack);
  for (const oid of looseBlobs) builder.graph.ids.addHex(oid);
  const missingFrom = builder.graph.ids.size;
  const isWhole = await listNamedLinks({
    packs,
    objectFormat,
    ids: builder.graph.ids.share(),
    askedBelow,
    onLinks: (pack, piece) => builder.addLinks(objectOf[pack]!, piece),
    ...(workers === undefined ? {} : { workers }),
    ...(signal ? { signal } : {}),
  });
  for (const { object, content } of loose) builder.addLoose(object, content, { askedBelow, missingFrom });
  return isWhole && !builder.isDamaged ? { graph: builder.graph, names: builder.names, missingFrom } : undefined;
}

class HistoryLinksBuilder {
  readonly graph: ObjectGraph;
  readonly names: string[] = [];
  isDamaged = false;
  readonly #numbers = new Map<string, number>();
  /** By who wrote pieces: the numbers of its names. */
  readonly #translations = new Map<string, number[]>();

  constructor(objectFormat: ObjectFormat, expectedSize: number) {
    this.graph = new ObjectGraph(objectFormat, expectedSize + 1024);
  }

  /** Everything but blobs. Gives the object of each entry; -1 for blobs. */
  addHistory({ index: { ids }, layout: { count, types, positions } }: LoadedPack): Int32Array {
    const { graph } = this;
    const { idBytes } = graph.ids;
    const objectOf = new Int32Array(count).fill(-1);
    for (let entry = 0; entry < count; entry++) {
      const type = types[entry]!;
      if (type === objectKinds.blob) continue;
      const object = graph.ids.add(ids, positions[entry]! * idBytes);
      if (graph.kind(object) === objectKinds.unknown) graph.begin(object, type);
      objectOf[entry] = object;
    }
    return objectOf;
  }

  addBlobs({ index: { ids }, layout: { count, types, positions } }: LoadedPack): void {
    const { idBytes } = this.graph.ids;
    for (let entry = 0; entry < count; entry++) if (types[entry] === objectKinds.blob) this.graph.ids.add(ids, positions[entry]! * idBytes);
  }

  addObject(oid: string, kind: number): number {
    const object = this.graph.ids.addHex(oid);
    if (this.graph.kind(object) === objectKinds.unknown) this.graph.begin(object, kind);
    return object;
  }

  addLinks(objectOf: Int32Array, { words, missing, key, names }: LinkPiece): void {
    const { graph } = this;
    const translation = this.#translate(key!, names!);
    const place = graph.addPieces(words);
    for (let at = 0; at < words.length && words[at] !== -1;) {
      const object = objectOf[words[at]!]!;
      const count = words[at + 1]!;
      graph.setTime(object, words[at + 2]!);
      at += recordWords;
      if (count < 0) {
        this.isDamaged = true;
        continue;
      }
      graph.setLinks(object, place + at, count);
      const step = graph.kind(object) === objectKinds.tree ? namedLinkWords : 1;
      for (const end = at + count; at < end; at += step) {
        if (words[at]! >= firstMissing) words[at] = graph.ids.addHex(missing[words[at]! - firstMissing]!);
        if (step === namedLinkWords) words[at + 1] = translation[words[at + 1]!]!;
      }
    }
  }

  addLoose(object: number, { type, content }: LooseObject, { askedBelow, missingFrom }: { askedBelow: number; missingFrom: number }): void {
    const { graph } = this;
    const { idBytes } = graph.ids;
    if (graph.linkCount(object) > 0) return;
    graph.begin(object, objectKinds[type]);
    if (type === 'tree') {
      const entries = parseTree(content, idBytes === 20 ? 20 : 32);
      if ((entries.at(-1)?.end ?? 0) !== content.length) this.isDamaged = true;
      for (const { type: kind, name, oidOffset } of entries) {
        if (kind === 'commit') continue;
        const link = graph.ids.add(content, oidOffset);
        if (link >= askedBelow && link < missingFrom) continue;
        graph.addLink(object, link);
        graph.addLink(object, this.#number(name.toString('latin1')));
      }
      return;
    }
    listHeaderLinks(content, idBytes, (hexAt) => {
      const link = graph.ids.addHexText(content, hexAt);
      if (link !== -1) graph.addLink(object, link);
    });
    if (type === 'commit') graph.setTime(object, parseCommitterTime(content));
  }

  #translate(key: string, newNames: readonly string[]): readonly number[] {
    const translation = this.#translations.get(key) ?? [];
    this.#translations.set(key, translation);
    for (const name of newNames) translation.push(this.#number(name));
    return translation;
  }

  #number(name: string): number {
    let number = this.#numbers.get(name);
    if (number === undefined) {
      number = this.names.push(name) - 1;
      this.#numbers.set(name, number);
    }
    return number;
  }
}
