import { neutralizeText } from '@deployguard/reports';

/** A word for a POSIX shell, quoted only where it is needed. */
export function quoteWord(text: string): string {
  return /^[\w./:@=+,~-]+$/.test(text) ? text : `'${neutralizeText(text).replaceAll("'", "'\\''")}'`;
}
