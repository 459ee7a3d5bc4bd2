/** ` Did you mean "x"?` for the known key that differs least; empty when none is near. */
export function suggestKey(key: string, known: readonly string[]): string {
  const nearest = known
    .map((name) => ({ name, distance: countEdits(key.toLowerCase(), name.toLowerCase()) }))
    .sort((a, b) => a.distance - b.distance)
    .find(({ distance }) => distance <= Math.max(2, key.length / 3));
  return nearest ? ` Did you mean "${nearest.name}"?` : '';
}

/** Levenshtein distance, by rows. */
function countEdits(from: string, to: string): number {
  let above = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (const [row, letter] of [...from].entries()) {
    const current = [row + 1];
    for (const [column, other] of [...to].entries()) {
      current.push(Math.min(above[column + 1]! + 1, current[column]! + 1, above[column]! + (letter === other ? 0 : 1)));
    }
    above = current;
  }
  return above.at(-1)!;
}
