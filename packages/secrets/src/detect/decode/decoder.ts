/**
 * Makes text visible that stands encoded. Not by decoding everything that could be encoded: from the keyword that a rule looks for it
 * derives how that keyword looks in encoded text, and decodes around the places where that stands.
 */
export interface Decoder {
  readonly encoding: string;
  /** Whether encoded text never goes on behind a line feed. */
  readonly isLineBound: boolean;
  /** How the keyword (Latin-1, in this case) looks in encoded text; more than one where that depends on what stands before it. */
  listForms(keyword: string): EncodedForm[];
  /** How many bytes of encoded text at most hold that many decoded bytes. */
  encodedLength(decodedLength: number): number;
  /**
   * Decodes around a form that stands at `at`: at most `before` decoded bytes back from the keyword's start and `after` onwards, ending
   * earlier where the encoded text does. Looks at no bytes beyond `encodedLength` of these.
   */
  decodeAround(content: Buffer, at: number, form: EncodedForm, before: number, after: number): Decoded;
}

/** An encoded keyword, or the part of it that does not depend on what surrounds it. */
export interface EncodedForm {
  readonly text: string;
  /** Whether letters may stand in either case. */
  readonly fold: boolean;
  /** How many encoded characters before `text` the unit begins that holds the keyword's first byte. */
  readonly lead: number;
  /** Which byte of that unit the keyword's first byte is. */
  readonly phase: number;
}

export interface Decoded {
  readonly content: Buffer;
  /** Where the keyword begins in `content`. */
  readonly at: number;
  /** The encoded bytes of a range of `content`, as offsets of the encoded content. */
  toOuter(start: number, end: number): readonly [number, number];
}
