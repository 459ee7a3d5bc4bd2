/** Strings come first, so that nothing in them is taken for a comment; what is not closed ends with its line. */
const strings = `"(?:[^"\\\\\\n]|\\\\.)*"?|'(?:[^'\\\\\\n]|\\\\.)*'?`;

const commentsByKind: readonly (readonly [path: RegExp, comments: RegExp])[] = [
  // In templates, which are not looked for, `//` follows a colon, and `/*` another character of a path.
  [
    /\.(?:[cm]?[jt]sx?|vue|svelte|astro|go|java|kt|cs|fs|rs|prisma|gradle|kts)$/,
    new RegExp(`(${strings})|(?<!:)//[^\\n]*|(?<![^\\s{(,;])/\\*[^]*?(?:\\*/|$)`, 'g'),
  ],
  [/\.php$/, new RegExp(`(${strings})|(?<!:)//[^\\n]*|#(?!\\[)[^\\n]*|(?<![^\\s{(,;])/\\*[^]*?(?:\\*/|$)`, 'g')],
  // `#{` begins what is put into a text.
  [/(?:\.(?:py|rb|ru|exs?|ya?ml)|Gemfile)$/, new RegExp(`(${strings})|#(?!\\{)[^\\n]*`, 'g')],
];

/** The same text with blanks for its comments, so that every place and line stays where it is. */
export function stripComments(path: string, text: string): string {
  const comments = commentsByKind.find(([kind]) => kind.test(path))?.[1];
  if (comments === undefined) return text;
  return text.replace(comments, (whole, string: string | undefined) => string ?? whole.replaceAll(/[^\n]/g, ' '));
}
