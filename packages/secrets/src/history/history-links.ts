import { parseTree, type ObjectFormat, type Repository } from '@deployguard/git';
import { firstMissing, recordWords, namedLinkWords, type LinkPiece } from '../graph/graph-builder.ts';
import { listHeaderLinks, parseCommitterTime } from '../graph/list-header-links.ts';
import { numberEntries } from '../graph/number-entries.ts';
import { ObjectGraph, objectKinds } from '../graph/object-graph.ts';
import { listNamedLinks } from './packs/list-named-links.ts';
import type { PackWalkers } from './packs/local-walker.ts';
import type { LoadedPack } from './packs/load-packs.ts';
import { readLooseObject, type LooseObject } from './packs/read-loose-object.ts';
import { listLooseObjects } from './packs/scan-loose-objects.ts';

/**
 * The commits and trees of a repository by number, and where in them wanted blobs stand. Links of a tree: object and name by turns, of
 * directories and wanted blobs only. Links of a commit: its tree, its parents.
 */
export interface HistoryLinks {
  readonly graph: ObjectGraph;
  /** In the order in which their links stand in memory. */
  readonly trees: readonly number[];
  /** Latin-1, by number. */
  readonly names: readonly string[];
  /** Objects from this number on are led to and not there. */
  readonly missingFrom: number;
}

export interface ReadHistoryLinksOptions {
  readonly repository: Repository;
  /** Of the repository's packs. */
  readonly builder: HistoryLinksBuilder;
  /** Ids of the blobs that matter. */
  readonly blobs: Iterable<string>;
  /** Those who scanned the packs; not needed where there are none. */
  readonly walkers: PackWalkers | undefined;
}

const maxLooseBytes = 64 << 20;

/** Reads every commit and tree; `undefined` when one of them cannot be read without git. */
export async function readHistoryLinks(options: ReadHistoryLinksOptions): Promise<HistoryLinks | undefined> {
  const { builder, blobs, repository, walkers } = options;
  const { graph, packs } = builder;
  if (packs.length > 0 && !walkers) return undefined;
  for (const oid of blobs) builder.addObject(oid, objectKinds.blob);
  const loose: { readonly object: number; readonly content: LooseObject }[] = [];
  for (const { oid, path } of await listLooseObjects(repository.objectDirectories)) {
    const content = readLooseObject(path, maxLooseBytes);
    if (content === 'unreadable') return undefined;
    if (content === 'too-large' || content.type === 'blob') graph.ids.addHex(oid);
    else loose.push({ object: builder.addObject(oid, objectKinds[content.type]), content });
  }
  const missingFrom = graph.ids.size;
  const asked = builder.listAsked();
  const isWhole =
    !walkers ||
    (await listNamedLinks({
      walkers,
      packs,
      objectFormat: repository.objectFormat,
      ids: graph.ids.share(),
      asked,
      onLinks: (pack, piece) => builder.addLinks(pack, piece),
    }));
  for (const { object, content } of loose) builder.addLoose(object, content, asked);
  return isWhole && !builder.isDamaged ? { graph, trees: builder.trees, names: builder.names, missingFrom } : undefined;
}

/** Numbers what packs hold, which takes a moment and can be done while they are scanned; then takes what was read of them. */
export class HistoryLinksBuilder {
  readonly graph: ObjectGraph;
  readonly packs: readonly LoadedPack[];
  readonly trees: number[] = [];
  readonly names: string[] = [];
  isDamaged = false;
  /** By pack, the object of each entry. */
  readonly #objectOf: readonly Int32Array[];
  readonly #numbers = new Map<string, number>();
  /** By who wrote pieces: the numbers of its names. */
  readonly #translations = new Map<string, number[]>();

  constructor(objectFormat: ObjectFormat, packs: readonly LoadedPack[]) {
    this.packs = packs;
    const total = packs.reduce((sum, { layout }) => sum + layout.count, 0);
    this.graph = new ObjectGraph(objectFormat, total + 1024);
    // Blobs get no kind: most of them only have to be there.
    this.#objectOf = packs.map(({ index, layout }) => numberEntries(this.graph, index.ids, layout, (type) => type !== objectKinds.blob));
  }

  /** By object: 1 for all but blobs, and for the blobs that matter. */
  listAsked(): Uint8Array {
    const asked = new Uint8Array(new SharedArrayBuffer(this.graph.ids.size));
    for (let object = 0; object < asked.length; object++) if (this.graph.kind(object) !== objectKinds.unknown) asked[object] = 1;
    return asked;
  }

  addObject(oid: string, kind: number): number {
    const object = this.graph.ids.addHex(oid);
    if (this.graph.kind(object) === objectKinds.unknown) this.graph.begin(object, kind);
    return object;
  }

  addLinks(pack: number, { words, missing, key, names }: LinkPiece): void {
    const { graph } = this;
    const objectOf = this.#objectOf[pack]!;
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
      const isTree = graph.kind(object) === objectKinds.tree;
      if (isTree) this.trees.push(object);
      const step = isTree ? namedLinkWords : 1;
      for (const end = at + count; at < end; at += step) {
        if (words[at]! >= firstMissing) words[at] = graph.ids.addHex(missing[words[at]! - firstMissing]!);
        if (isTree) words[at + 1] = translation[words[at + 1]!]!;
      }
    }
  }

  addLoose(object: number, { type, content }: LooseObject, asked: Uint8Array): void {
    const { graph } = this;
    const { idBytes } = graph.ids;
    if (graph.linkCount(object) > 0) return;
    graph.begin(object, objectKinds[type]);
    if (type === 'tree') {
      this.trees.push(object);
      const entries = parseTree(content, idBytes === 20 ? 20 : 32);
      if ((entries.at(-1)?.end ?? 0) !== content.length) this.isDamaged = true;
      for (const { type: kind, name, oidOffset } of entries) {
        if (kind === 'commit') continue;
        const link = graph.ids.add(content, oidOffset);
        if (asked[link] === 0) continue;
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
