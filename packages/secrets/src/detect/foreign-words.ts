/**
 * Whether a Latin-1 string holds UTF-8 that reads like words of a language with letters above ASCII: what translations have behind
 * `password:`. Without digits and signs, of several words, or in a script that puts no blanks between words.
 */
export function isForeignWords(secret: string): boolean {
  if (!/[\x80-\xff]/.test(secret)) return false;
  const text = Buffer.from(secret, 'latin1').toString('utf8');
  if (!/(?![\0-\x7f])\p{L}/u.test(text)) return false;
  if (/\S[\s\u3001\u3002\uff0c]\S/.test(text)) return true;
  if (/[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Thai}]{3}/u.test(text)) return true;
  return /^[\p{L}\p{M}\p{Cf}\-.,:;!?()'’“”«»…]+$/u.test(text);
}
