/** ` Did you mean 'x'?` for the known name that is nearest to a mistyped one; empty when none is near. */
export function suggestName(name: string, known: Iterable<string>): string {
  let nearest = '';
  let least = Math.max(2, Math.floor(name.length / 3)) + 1;
  for (const candidate of known) {
    const distance = measureDistance(name.toLowerCase(), candidate.toLowerCase());
    if (distance < least) [nearest, least] = [candidate, distance];
  }
  return nearest === '' ? '' : ` Did you mean '${nearest}'?`;
}

/** What begins with a known name (`allowlist` for `allow`) is near to it, and nearest to the longest. */
function measureDistance(name: string, candidate: string): number {
  const distance = editDistance(name, candidate);
  return candidate.length >= leastPrefix && name.startsWith(candidate) ? Math.min(distance, 1 + distance / name.length) : distance;
}

const leastPrefix = 4;

/** Levenshtein distance. */
function editDistance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const current = [i];
    for (let j = 1; j <= b.length; j++) {
      current.push(Math.min(previous[j]! + 1, current[j - 1]! + 1, previous[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)));
    }
    previous = current;
  }
  return previous[b.length]!;
}
