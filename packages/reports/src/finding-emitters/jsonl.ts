import { printJson } from '../print-json.ts';
import type { FindingEmitter } from './finding-emitter.ts';

/** One finding a line, which is also read back as it was written. */
export const jsonl: FindingEmitter = {
  format: 'jsonl',
  extension: 'jsonl',
  mediaType: 'application/jsonl',
  async *emit(findings) {
    for await (const finding of findings) yield `${printJson(finding)}\n`;
  },
};
