import getTruncatedWidth from 'fast-string-truncated-width';

/** Width in terminal cells: wide characters take two, combining ones none. The text must hold no escape codes. */
export function measureText(text: string): number {
  return getTruncatedWidth(text).width;
}

/** Cuts at the end to at most `columns` cells. */
export function cutText(text: string, columns: number, ellipsis: string): string {
  const cut = getTruncatedWidth(text, { limit: columns, ellipsis });
  return cut.truncated ? text.slice(0, cut.index) + (cut.ellipsed ? ellipsis : '') : text;
}

/** Cuts in the middle, keeping the end: of a long path the file name matters most. */
export function cutPath(path: string, columns: number, ellipsis: string): string {
  if (measureText(path) <= columns) return path;
  const characters = [...path];
  const room = Math.max(columns - measureText(ellipsis), 1);
  let start = characters.length;
  let width = 0;
  while (start > 0) {
    const next = measureText(characters[start - 1]!);
    if (width + next > room) break;
    width += next;
    start--;
  }
  return ellipsis + characters.slice(start).join('');
}

/** Fills with spaces up to `columns` cells. */
export function padText(text: string, columns: number): string {
  return text + ' '.repeat(Math.max(0, columns - measureText(text)));
}

/** Breaks at spaces into lines of at most `columns` cells; a longer word keeps its own line. */
export function wrapText(text: string, columns: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && measureText(line) + 1 + measureText(word) > columns) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line];
}
