/** Replaces every known secret in a text by its preview. */
export type Masker = (text: string) => string;

export interface MaskedValue {
  /** Latin-1, one character a byte. */
  readonly value: string;
  readonly preview: string;
}

const prefixLength = 4;

/**
 * Secrets also stand in what is shown around a finding: paths, ref names, subjects, author names. Values shorter than four characters are
 * left, since they would stand everywhere.
 */
export function createMasker(values: Iterable<MaskedValue>): Masker {
  const byPrefix = new Map<string, { readonly text: string; readonly preview: string }[]>();
  for (const { value, preview } of values) {
    const text = Buffer.from(value, 'latin1').toString('utf8');
    if (text.length < prefixLength) continue;
    const prefix = text.slice(0, prefixLength);
    const known = byPrefix.get(prefix) ?? [];
    if (!known.some((other) => other.text === text)) byPrefix.set(prefix, [...known, { text, preview }]);
  }
  // Of two values of which one begins with the other, the longer must win.
  for (const candidates of byPrefix.values()) candidates.sort((a, b) => b.text.length - a.text.length);

  return (text) => {
    let masked = '';
    let copied = 0;
    for (let at = 0; at + prefixLength <= text.length; at++) {
      const found = byPrefix.get(text.slice(at, at + prefixLength))?.find((candidate) => text.startsWith(candidate.text, at));
      if (!found) continue;
      masked += text.slice(copied, at) + found.preview;
      copied = at + found.text.length;
      at = copied - 1;
    }
    return masked + text.slice(copied);
  };
}
