import type { XmlElement } from './xml-element.ts';

const chunkBytes = 1 << 20;

/** Of those that were asked for last. */
const mostUnpacked = 256;

/** What an element takes besides its bytes, in the table and in an index of it. */
const elementBytes = 520;

type Packed = readonly [name: string, attributes: Readonly<Record<string, string>>, text: string, at: number, children: readonly Packed[]];

/** Elements of a report that others refer to, in their order. They lie here packed: as objects they would take several times the room. */
export class ElementTable implements Iterable<XmlElement> {
  /** Each filled to where the next element did not fit. */
  readonly #chunks: Buffer[] = [];
  #used = 0;
  /** Of each element: its chunk, where it begins and where it ends. */
  readonly #places: number[] = [];
  readonly #unpacked = new Map<number, XmlElement>();
  /** What is held for the elements, about. */
  heldBytes = 0;

  get length(): number {
    return this.#places.length / 3;
  }

  add(element: XmlElement): void {
    const text = JSON.stringify(pack(element));
    const bytes = Buffer.byteLength(text);
    const last = this.#chunks.at(-1);
    if (last === undefined || this.#used + bytes > last.length) {
      this.#chunks.push(Buffer.allocUnsafe(Math.max(chunkBytes, bytes)));
      this.#used = 0;
    }
    const end = this.#used + this.#chunks.at(-1)!.write(text, this.#used);
    this.#places.push(this.#chunks.length - 1, this.#used, end);
    this.#used = end;
    this.heldBytes += bytes + elementBytes;
  }

  at(index: number): XmlElement | undefined {
    const chunk = this.#chunks[this.#places[index * 3]!];
    if (chunk === undefined) return undefined;
    const known = this.#unpacked.get(index);
    if (known) return known;
    const element = unpack(JSON.parse(chunk.toString('utf8', this.#places[index * 3 + 1], this.#places[index * 3 + 2])) as Packed);
    if (this.#unpacked.size >= mostUnpacked) this.#unpacked.clear();
    this.#unpacked.set(index, element);
    return element;
  }

  *[Symbol.iterator](): Generator<XmlElement> {
    for (let index = 0; index < this.length; index++) yield this.at(index)!;
  }
}

function pack({ name, attributes, text, at, children }: XmlElement): Packed {
  return [name, attributes, text, at, children.map(pack)];
}

function unpack([name, attributes, text, at, children]: Packed): XmlElement {
  return { name, attributes, children: children.map(unpack), text, at };
}
