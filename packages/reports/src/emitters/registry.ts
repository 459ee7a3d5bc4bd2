import { csv } from './csv.ts';
import type { Emitter } from './emitter.ts';
import { html } from './html.ts';
import { json } from './json.ts';
import { jsonl } from './jsonl.ts';
import { junit } from './junit.ts';
import { sarif } from './sarif.ts';

/** All formats a report can be written in, sorted; a test compares the list with the folder. */
export const emitters: readonly Emitter[] = [csv, html, json, jsonl, junit, sarif];

/** The emitter of a format such as `sarif`. */
export function findEmitter(format: string): Emitter | undefined {
  return emitters.find((emitter) => emitter.format === format);
}
