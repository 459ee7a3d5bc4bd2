import { printJson } from '../print-json.ts';
import { emitItems } from './emit-items.ts';
import type { FindingEmitter } from './finding-emitter.ts';

/** One document; its findings are those of `docs/scanner-reports.md`. */
export const json: FindingEmitter = {
  format: 'json',
  extension: 'json',
  mediaType: 'application/json',
  async *emit(findings, { producer, writtenAt }) {
    yield `{\n  "schemaVersion": "findings-1.0",\n  "producer": ${printJson(producer)},\n  "writtenAt": ${printJson(writtenAt)},\n  "findings": [`;
    yield* emitItems(findings, (finding) => finding);
    yield ']\n}\n';
  },
};
