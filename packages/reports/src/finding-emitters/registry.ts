import { csv } from './csv.ts';
import { cyclonedx } from './cyclonedx.ts';
import { defectdojo } from './defectdojo.ts';
import type { FindingEmitter } from './finding-emitter.ts';
import { gitlab } from './gitlab.ts';
import { html } from './html.ts';
import { json } from './json.ts';
import { jsonl } from './jsonl.ts';
import { junit } from './junit.ts';
import { ocsf } from './ocsf.ts';
import { sarif } from './sarif.ts';

/** All formats in which findings of scanners can be written, sorted; a test compares the list with the folder. */
export const findingEmitters: readonly FindingEmitter[] = [csv, cyclonedx, defectdojo, gitlab, html, json, jsonl, junit, ocsf, sarif];

/** The emitter of a format such as `sarif`. */
export function findFindingEmitter(format: string): FindingEmitter | undefined {
  return findingEmitters.find((emitter) => emitter.format === format);
}
