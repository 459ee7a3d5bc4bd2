/**
 * A literal at which rules or decoders are tried.
 *
 * Where it is reported: at every offset `at` with `content[at .. at + text.length)` equal to `text` (with `fold`: after `A`-`Z` are
 * lowered in the content), overlapping places included, and there only if
 * - `atBoundary` is false, or `at` is 0, or the byte before is none of `A-Z a-z 0-9 _`, or it ends an escape
 *   (`\n`, `\r`, `\t`, `%` and two hex digits, or a terminal's colour: `ESC[`, up to 5 digits and semicolons, `m`), and
 * - `needsOperator` is false, or an assignment follows: see `isAssignedAfter`.
 */
export interface Anchor {
  /** Latin-1, at least 3 characters, all ASCII; lower case when `fold`. */
  readonly text: string;
  /** ASCII letters are compared without case. */
  readonly fold: boolean;
  /**
   * `line`: what is found depends only on bytes of the anchor's line (line feeds end it) within `[at - before, at + after)`;
   * `far`: on the bytes of that range, across lines.
   */
  readonly scope: 'line' | 'far';
  readonly before: number;
  readonly after: number;
  readonly needsOperator: boolean;
  readonly atBoundary: boolean;
}

/** Anchors by their index: an array, or what makes those that are asked for. */
export interface AnchorList extends Iterable<Anchor> {
  readonly length: number;
  at(index: number): Anchor | undefined;
}
