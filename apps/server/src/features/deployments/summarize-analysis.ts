import type { Analysis } from '@deployguard/delivery';

/** Of each text, tried in turn; of each list, eight times as much. */
const textCharacters = [2000, 500, 100];
const maxBytes = 65_536;

/** The part of an analysis that people want to see: values and where they come from. Bounded, and in characters that the database takes: files say what they like. */
export function summarizeAnalysis({ notes: _notes, ...shown }: Analysis): Record<string, unknown> {
  for (const characters of textCharacters) {
    const summary = bound(shown, characters) as Record<string, unknown>;
    if (Buffer.byteLength(JSON.stringify(summary)) <= maxBytes) return summary;
  }
  return {};
}

function bound(value: unknown, characters: number): unknown {
  if (typeof value === 'string') return value.slice(0, characters).toWellFormed().replaceAll('\0', '\u{fffd}');
  if (Array.isArray(value)) return takeFirst(value, characters);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, bound(each, characters)]));
}

function takeFirst(list: readonly unknown[], characters: number): unknown[] {
  const taken: unknown[] = [];
  let room = characters * 8;
  for (const each of list) {
    const bounded = bound(each, characters);
    room -= JSON.stringify(bounded).length;
    if (room < 0) break;
    taken.push(bounded);
  }
  return taken;
}
