import type { FaultPath } from './configuration-fault.ts';

/**
 * The line on which a key is written, else that of the nearest table around it. The parser keeps no places, so lines are told apart by
 * their shape: a list that looks like a header may lead to a line nearby.
 */
export function findTomlLine(text: string, path: FaultPath): number | undefined {
  const counts = new Map<string, number>();
  let found: { readonly line: number; readonly steps: number } | undefined;
  let table: FaultPath = [];
  let openQuotes: string | undefined;
  for (const [index, line] of text.split('\n').entries()) {
    const isInText = openQuotes !== undefined;
    openQuotes = findOpenQuotes(line, openQuotes);
    if (isInText) continue;
    const [, brackets, written] = /^\s*(\[\[?)([^[\]]+)\]\]?\s*(?:#.*)?$/.exec(line) ?? [];
    const header = written?.trim();
    const key = /^\s*((?:[\w-]+|"[^"]*"|'[^']*')(?:\s*\.\s*(?:[\w-]+|"[^"]*"|'[^']*'))*)\s*=/.exec(line)?.[1];
    if (header !== undefined) {
      const names = splitKey(header);
      const count = counts.get(header) ?? 0;
      if (brackets === '[[') counts.set(header, count + 1);
      table = brackets === '[[' ? [...names, count] : names;
    }
    if (header === undefined && key === undefined) continue;
    const place = key === undefined ? table : [...table, ...splitKey(key)];
    const isOnTheWay = place.length <= path.length && place.every((step, position) => step === path[position]);
    if (isOnTheWay && place.length > (found?.steps ?? 0)) found = { line: index + 1, steps: place.length };
  }
  return found?.line;
}

function splitKey(key: string): string[] {
  return [...key.matchAll(/[\w-]+|"[^"]*"|'[^']*'/g)].map(([part]) => part.replaceAll(/^["']|["']$/g, ''));
}

/** The quotes of a text that goes on in the next line. */
function findOpenQuotes(line: string, open: string | undefined): string | undefined {
  let quotes = open;
  for (const [mark] of line.matchAll(/"""|'''/g)) {
    if (quotes === undefined) quotes = mark;
    else if (quotes === mark) quotes = undefined;
  }
  return quotes;
}
