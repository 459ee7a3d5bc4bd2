/** Text of a fragment of HTML, for reading: paragraphs, breaks and items become lines, other tags go. What comes out is still a stranger's text. */
export function stripMarkup(html: string | undefined): string | undefined {
  if (html === undefined) return undefined;
  const text = html
    .replaceAll(/(?<=[^\s>])<(?:p|ul|ol|li|div|h\d|tr)(?: [^<>]*)?>/gi, '\n')
    .replaceAll(/<(?:\/p|\/div|br\s*\/?|\/li|\/h\d|\/tr)>/gi, '\n')
    .replaceAll(/<\/?[a-z][^<>]*>/gi, '')
    .replaceAll(/&(lt|gt|quot|apos|nbsp|amp|#39);/g, (_, name: string) => characters[name]!)
    .replaceAll(/(?<![ \t])[ \t]+\n/g, '\n')
    .replaceAll(/\n{3,}/g, '\n\n')
    .trim();
  return text === '' ? undefined : text;
}

const characters: Readonly<Record<string, string>> = { lt: '<', gt: '>', quot: '"', apos: "'", nbsp: ' ', amp: '&', '#39': "'" };
