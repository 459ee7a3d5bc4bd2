/** What may stand before each further line of a value: indentation of YAML and of code, comments, quotes, patches. */
const linePrefixes = [
  ...Array.from({ length: 16 }, (_, index) => ' '.repeat(index + 1)),
  ...Array.from({ length: 4 }, (_, index) => '\t'.repeat(index + 1)),
  '+',
  '-',
  '#',
  '# ',
  '//',
  '// ',
  ' * ',
  '> ',
];

/** A value of several lines with each kind of line end, or with none. The value itself comes first; one line has no other variant. */
export function lineEndVariants(value: string): string[] {
  const lines = splitLines(value);
  return [...new Set([value, ...['\n', '\r\n', '\r', ''].map((joint) => lines.join(joint))])];
}

/** A value of several lines indented, behind comment or patch marks, or as the words of one line. Empty for a value of one line. */
export function reflowedVariants(value: string): string[] {
  const lines = splitLines(value);
  if (lines.length === 1) return [];
  return [' ', ...linePrefixes.flatMap((prefix) => [`\n${prefix}`, `\r\n${prefix}`])].map((joint) => lines.join(joint));
}

function splitLines(value: string): string[] {
  return value.split(/\r\n|\n|\r/);
}
