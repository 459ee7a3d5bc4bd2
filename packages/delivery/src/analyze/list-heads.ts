const maxBytes = 64 * 1024;

/** The line of a place, then those that the blocks begin with in which it lies, the innermost first, as the indentation shows them. */
export function listHeads(text: string, index: number): string[] {
  const end = text.indexOf('\n', index);
  const lines = text.slice(Math.max(0, index - maxBytes), end === -1 ? text.length : end).split('\n');
  const own = lines.pop()!;
  let least = countIndent(own);
  const heads = [own.trim().slice(0, 200)];
  let opens = false;
  for (const line of lines.toReversed()) {
    if (line.trim() === '') continue;
    const indent = countIndent(line);
    if (indent >= least && !(opens && indent === least)) continue;
    least = indent;
    // A brace in a line of its own belongs to the one before.
    opens = line.trim() === '{';
    if (!opens) heads.push(line.trim().slice(0, 200));
  }
  return heads;
}

function countIndent(line: string): number {
  return line.search(/\S|$/);
}
