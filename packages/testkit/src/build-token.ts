import { createHash } from 'node:crypto';

export interface TokenShape {
  /** What every token of the kind begins with, in pieces if it would be recognised as a whole. */
  readonly prefix: string | readonly string[];
  /** Characters behind the prefix. */
  readonly length: number;
  readonly alphabet?: string;
  /** Another seed gives another token; the same seed always the same. */
  readonly seed?: string | number;
}

const lettersAndDigits = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

/** Makes a token-shaped text at run time, so that no file holds anything that a secret scanner would find. */
export function buildToken({ prefix, length, alphabet = lettersAndDigits, seed = 0 }: TokenShape): string {
  const start = typeof prefix === 'string' ? prefix : prefix.join('');
  let text = '';
  for (let block = 0; text.length < length; block++) {
    const bytes = createHash('sha256').update(`${start}|${length}|${seed}|${block}`).digest();
    for (const byte of bytes) text += alphabet[byte % alphabet.length];
  }
  return start + text.slice(0, length);
}
