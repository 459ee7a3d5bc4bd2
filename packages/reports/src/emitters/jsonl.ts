import { printJson } from '../print-json.ts';
import type { Emitter } from './emitter.ts';
import { describeReport, toJsonFinding } from './json.ts';

/** One JSON object a line: first `type: "report"`, then `finding` and `dropped` ones, last `end`, whose absence tells a cut file. */
export const jsonl: Emitter = {
  format: 'jsonl',
  extension: 'jsonl',
  mediaType: 'application/jsonl',
  async *emit(report) {
    yield toLine('report', describeReport(report));
    for await (const finding of report.findings) yield toLine('finding', toJsonFinding(finding));
    for await (const item of report.dropped ?? []) yield toLine('dropped', item);
    yield toLine('end', { total: report.summary.total });
  },
};

function toLine(type: string, value: object): string {
  return `${printJson({ type, ...value })}\n`;
}
