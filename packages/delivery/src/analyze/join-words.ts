/** A line for a shell of the words of a command; `undefined` when something else is among them. */
export function joinWords(words: unknown): string | undefined {
  if (!Array.isArray(words) || !words.every((word) => typeof word === 'string')) return undefined;
  return words.map(quoteWord).join(' ');
}

function quoteWord(word: string): string {
  return /^[\w@%+=:,./${}-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
