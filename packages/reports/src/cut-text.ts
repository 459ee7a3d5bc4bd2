/**
 * The beginning of a text, in memory of its own: a part of a text otherwise keeps all of it, and of a thousand descriptions of which a few
 * lines are kept each may have megabytes.
 */
export function cutText(text: string, length: number): string {
  return Buffer.from(text.slice(0, length)).toString();
}
