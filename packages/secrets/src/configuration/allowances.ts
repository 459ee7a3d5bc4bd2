import { isUtf8 } from 'node:buffer';
import { RE2JS } from 're2js';
import { matchesPath } from './matches-path.ts';

/** An entry of the allow-list as written. What it names must all hold; of each list, one. */
export interface AllowEntry {
  /** Why these are no problem; shown by `--explain`. */
  readonly description: string;
  /** Finding ids. */
  readonly findings?: readonly string[];
  readonly rules?: readonly string[];
  /** Globs on the whole path. */
  readonly paths?: readonly string[];
  /** RE2 expressions, searched in the value. */
  readonly values?: readonly string[];
  /** `YYYY-MM-DD`: from this day on the entry no longer holds. */
  readonly expires?: string;
}

/** An allow-list entry, ready for use. */
export interface Allowance {
  readonly description: string;
  covers(finding: { readonly id: string; readonly ruleId: string }, seen: { readonly place: string; readonly secret: string }): boolean;
}

/** `today`: `YYYY-MM-DD`. Expressions run in a linear-time engine: no pattern and no value can hang a scan. */
export function createAllowance(entry: AllowEntry, today: string): Allowance {
  const findings = entry.findings && new Set(entry.findings);
  const rules = entry.rules && new Set(entry.rules);
  const values = entry.values?.map((value) => RE2JS.compile(value));
  const isExpired = entry.expires !== undefined && entry.expires <= today;
  return {
    description: entry.description,
    covers: ({ id, ruleId }, { place, secret }) =>
      !isExpired &&
      (!findings || findings.has(id)) &&
      (!rules || rules.has(ruleId)) &&
      (!entry.paths || entry.paths.some((pattern) => matchesPath(place, pattern))) &&
      (!values || values.some((value) => value.matcher(toText(secret)).find())),
  };
}

/** Expressions are text, so that an `é` in one fits the two bytes that it takes in UTF-8 as well as the one that it takes in Latin-1. */
function toText(latin1: string): string {
  const bytes = Buffer.from(latin1, 'latin1');
  return isUtf8(bytes) ? bytes.toString('utf8') : latin1;
}

/** Why RE2 cannot read an expression; `undefined` for one that it can. */
export function findExpressionFault(source: string): string | undefined {
  try {
    RE2JS.compile(source);
    return undefined;
  } catch (error) {
    return `not an RE2 expression: ${(error as Error).message}`;
  }
}
