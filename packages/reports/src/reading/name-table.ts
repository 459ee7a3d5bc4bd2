const slots = 256;

/** Longer names are rare, and the engine has no good numbers for very long ones to find them by. */
const longestName = 64;

/**
 * Names that stand in a text again and again: each is made once, as the kind of text that the engine compares by where it lies. Texts that are
 * cut out anew are compared character by character.
 */
export class NameTable {
  readonly #names: string[] = Array.from({ length: slots }, () => '');

  /** What stands in the text from `start` to `end`, which is not empty. */
  take(text: string, start: number, end: number): string {
    const length = end - start;
    if (length > longestName) return text.slice(start, end);
    const slot = (length * 31 + text.charCodeAt(start) * 7 + text.charCodeAt(end - 1)) % slots;
    const known = this.#names[slot]!;
    if (known.length === length && text.startsWith(known, start)) return known;
    return (this.#names[slot] = internalize(text.slice(start, end)));
  }
}

/** The engine holds names of members once. */
function internalize(name: string): string {
  return Object.keys({ [name]: true })[0]!;
}
