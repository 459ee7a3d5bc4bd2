import type { Finding } from '@deployguard/findings';
import { printJson } from '../print-json.ts';
import type { Report } from '../report.ts';
import type { Emitter } from './emitter.ts';

/** Changes when a field changes its meaning or goes; new fields may come at any time. */
export const reportSchemaVersion = '1.0';

/** The whole report as one JSON document, one finding a line. Its fields are described in `docs/reports.md`. */
export const json: Emitter = {
  format: 'json',
  extension: 'json',
  mediaType: 'application/json',
  async *emit(report) {
    const header = printJson(describeReport(report), 2);
    yield `${header.slice(0, header.lastIndexOf('\n}'))},\n  "findings": [`;
    yield* emitItems(report.findings, (finding) => toJsonFinding(finding));
    yield ']';
    if (report.dropped) {
      yield ',\n  "dropped": [';
      yield* emitItems(report.dropped, (item) => item);
      yield ']';
    }
    yield '\n}\n';
  },
};

/** Everything of a report but its items. */
export function describeReport(report: Report): object {
  return {
    schemaVersion: reportSchemaVersion,
    tool: report.tool,
    subject: report.subject,
    startedAt: report.startedAt,
    durationSeconds: report.durationSeconds,
    summary: report.summary,
    coverage: report.coverage,
    rules: report.rules,
  };
}

/** The fields in their documented order, whatever else the object carries. */
export function toJsonFinding(finding: Finding): Finding {
  const { id, kind, tool, ruleId, title, description, severity, location, guidance, references, details } = finding;
  return {
    id,
    kind,
    tool,
    ruleId,
    title,
    description,
    severity,
    location,
    ...(guidance && { guidance }),
    ...(references && { references }),
    ...(details && { details }),
  };
}

async function* emitItems<Item>(items: Iterable<Item> | AsyncIterable<Item>, toJson: (item: Item) => object): AsyncIterable<string> {
  let isFirst = true;
  for await (const item of items) {
    yield `${isFirst ? '\n' : ',\n'}    ${printJson(toJson(item))}`;
    isFirst = false;
  }
  if (!isFirst) yield '\n  ';
}
