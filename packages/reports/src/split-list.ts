/** The items of a list that a scanner wrote into one text, without the space around them; none of them is empty. */
export function splitList(text: string | undefined, separator: string | RegExp = ','): string[] {
  if (text === undefined) return [];
  // Most are lists of one, in each of millions of findings.
  if (typeof separator === 'string' && !text.includes(separator)) return text.trim() === '' ? [] : [text.trim()];
  return text
    .split(separator)
    .map((item) => item.trim())
    .filter((item) => item !== '');
}
