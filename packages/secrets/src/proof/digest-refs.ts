import { createHash } from 'node:crypto';

/** SHA-256, in hexadecimal, over the lines `<id> <name>\n` of the refs sorted by their bytes. Names are Latin-1, one character a byte. */
export function digestRefs(refs: Iterable<{ readonly name: string; readonly target: string }>): string {
  const lines = [...refs].map(({ name, target }) => `${target} ${name}\n`).sort((a, b) => (a < b ? -1 : 1));
  return createHash('sha256').update(lines.join(''), 'latin1').digest('hex');
}
