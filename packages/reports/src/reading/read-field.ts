/**
 * Fields of values that strangers wrote: whatever is there, the answer has the type that was asked for or is undefined.
 * `path` leads from the value to the field: names of members and numbers of items.
 */
type Step = string | number;

/**
 * Words as they are, numbers and truths as words; white space around them and NUL, which no database takes, are left out, and an empty
 * text is none.
 */
export function textAt(value: unknown, ...path: readonly Step[]): string | undefined {
  const found = at(value, path);
  if (typeof found === 'string') return (found.includes('\0') ? found.replaceAll('\0', '') : found).trim() || undefined;
  return typeof found === 'number' || typeof found === 'boolean' || typeof found === 'bigint' ? String(found) : undefined;
}

/** Also of words that are a number: `"7.5"`. */
export function numberAt(value: unknown, ...path: readonly Step[]): number | undefined {
  const found = at(value, path);
  const number = typeof found === 'string' && found.trim() !== '' ? Number(found) : found;
  return typeof number === 'number' && Number.isFinite(number) ? number : undefined;
}

/** A line or column: a whole number from 1 on; of `12-14` the first. */
export function lineAt(value: unknown, ...path: readonly Step[]): number | undefined {
  const found = at(value, path);
  const number = typeof found === 'number' ? Math.trunc(found) : Number.parseInt(textAt(found) ?? '', 10);
  return Number.isSafeInteger(number) && number > 0 ? number : undefined;
}

/** A line or column of a tool that counts from 0, counted from 1. */
export function lineFromZeroAt(value: unknown, ...path: readonly Step[]): number | undefined {
  const number = numberAt(value, ...path);
  return number !== undefined && Number.isSafeInteger(number) && number >= 0 ? number + 1 : undefined;
}

/** Only what is a list is one; no list has no items. */
export function listAt(value: unknown, ...path: readonly Step[]): readonly unknown[] {
  const found = at(value, path);
  return Array.isArray(found) ? (found as unknown[]) : [];
}

/** The texts of a list, or the one text that stands in place of a list. */
export function textsAt(value: unknown, ...path: readonly Step[]): string[] {
  const found = at(value, path);
  return (Array.isArray(found) ? (found as unknown[]) : [found]).map((item) => textAt(item)).filter((text) => text !== undefined);
}

export function objectAt(value: unknown, ...path: readonly Step[]): Readonly<Record<string, unknown>> | undefined {
  const found = at(value, path);
  return typeof found === 'object' && found !== null && !Array.isArray(found) ? (found as Record<string, unknown>) : undefined;
}

export function isTrueAt(value: unknown, ...path: readonly Step[]): boolean {
  const found = at(value, path);
  return found === true || found === 'true';
}

function at(value: unknown, path: readonly Step[]): unknown {
  let found = value;
  for (let depth = 0; depth < path.length && found !== undefined; depth++) found = memberOf(found, path[depth]!);
  return found;
}

function memberOf(value: unknown, step: Step): unknown {
  if (typeof value !== 'object' || value === null) return undefined;
  const found = (value as Record<Step, unknown>)[step];
  // Asking whose it is costs more than all else here; what objects inherit are functions and their prototype, which no report holds.
  return typeof found === 'function' || (step === '__proto__' && !Object.hasOwn(value, step)) ? undefined : found;
}
