/** What was shown of a deployment as it came. */
export interface ShownLines {
  add(line: string): void;
  /** Those of the last lines of a failure that were not shown: what comes after the last change of state may not be waited for. */
  without(lines: readonly string[]): string[];
}

/** More than a failure keeps. */
const keptLines = 200;
/** A failure keeps no more of a line, and without what it is indented by. */
const comparedLength = 1000;

export function createShownLines(): ShownLines {
  const shown: string[] = [];
  return {
    add(line) {
      shown.push(simplify(line));
      if (shown.length > keptLines) shown.shift();
    },
    without(lines) {
      const left = [...shown];
      return lines.filter((line) => {
        const at = left.indexOf(simplify(line));
        if (at !== -1) left.splice(at, 1);
        return at === -1;
      });
    },
  };
}

function simplify(line: string): string {
  return line.trim().slice(0, comparedLength).trimEnd();
}
